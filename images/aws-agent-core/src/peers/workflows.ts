import type { Peer } from "@agentorchestrator/shared";
import { z } from "zod";

/** A workflow as the workflow service shows it; what it adds is passed on. */
const workflow = z.looseObject({
  id: z.string(),
  status: z.string(),
  step: z.string().nullable(),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullish(),
  report: z.looseObject({}).nullish(),
});
export type Workflow = z.output<typeof workflow>;

export const remoteSteps = ["researcher", "analyst", "writer"] as const;

export interface WorkflowOrder {
  readonly topic: string;
  readonly instructions?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly remoteSteps?: readonly (typeof remoteSteps)[number][] | undefined;
}

/** The workflow service: docs/agents/langgraph.md. */
export class WorkflowService {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Starts a workflow, once for a key. @throws AgentError of Peer; 422 when the key was used for another order */
  start(order: WorkflowOrder, idempotencyKey: string, signal: AbortSignal): Promise<Workflow> {
    return this.#peer.json(workflow, { method: "POST", path: "/workflows", body: order, idempotencyKey, signal });
  }

  /** @throws AgentError of Peer; 404 when there is none of that id */
  get(id: string, signal: AbortSignal): Promise<Workflow> {
    return this.#peer.json(workflow, { method: "GET", path: `/workflows/${encodeURIComponent(id)}`, signal });
  }
}

/** One sentence for people and models. */
export function sentenceOf({ id, status, step, error }: Workflow): string {
  const where = step === null ? "" : ` at its step ${step}`;
  const why = error ? `: ${error.code}: ${error.message}` : "";
  return `Workflow ${id} is ${status.replaceAll("_", " ")}${where}${why}.`;
}
