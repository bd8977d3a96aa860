import type { Peer } from "@agentorchestrator/shared";
import { z } from "zod";

/** The Cortex service's operations, and the field of each that the front door's `input` fills. docs/agents/snowflake-cortex.md */
const inputField = { complete: "prompt", analyst: "question", search: "query", query: "sql" } as const;
export type CortexOperation = keyof typeof inputField;
export const cortexOperations = Object.keys(inputField) as [CortexOperation, ...CortexOperation[]];

export const cortexRoute = z.strictObject({
  operation: z.enum(cortexOperations),
  parameters: z
    .record(z.string(), z.unknown())
    .exactOptional()
    .describe("further fields of that operation's request, as the Cortex service documents them"),
});
export type CortexRoute = z.output<typeof cortexRoute>;

/** Whatever the Cortex service answers: an object. */
const answer = z.looseObject({});
export type CortexAnswer = z.output<typeof answer>;

/** The Cortex service. What it is asked it checks by itself: its refusals are passed on. */
export class CortexService {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** @throws AgentError of Peer; its 400 says which parameter is wrong */
  ask({ operation, parameters = {} }: CortexRoute, input: string, signal: AbortSignal): Promise<CortexAnswer> {
    const body = { ...parameters, [inputField[operation]]: input };
    return this.#peer.json(answer, { method: "POST", path: `/${operation}`, body, signal });
  }
}

/** What of the answer is text for people; empty where it is rows only. */
export function textOf({ text }: CortexAnswer): string {
  return typeof text === "string" ? text : "";
}
