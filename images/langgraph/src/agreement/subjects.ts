import type { AgentProcess } from "@agentorchestrator/shared/testing";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import pg from "pg";
import { eventually, type Scope, type Stage } from "../testing/stage.ts";

export type State =
  | "none"
  | "waiting_for_callback"
  | "waiting_for_approval"
  | "completed"
  | "rejected"
  | "cancelled"
  | "failed"
  | "timed_out"
  | "completed, its report gone";

/** A workflow in a state. */
export interface Subject {
  readonly id: string;
  /** What its StepRequested event carried, where it waits for a callback. */
  readonly callbackToken: string;
}

/** Brings workflows into states, as their clients would, on a replica. */
export class Subjects {
  readonly #stage: Stage;
  readonly #scope: Scope;
  readonly #agent: AgentProcess;
  readonly #token: string;

  constructor(stage: Stage, scope: Scope, agent: AgentProcess, token: string) {
    this.#stage = stage;
    this.#scope = scope;
    this.#agent = agent;
    this.#token = token;
  }

  async inState(state: State): Promise<Subject> {
    if (state === "none") return { id: "no-such-workflow", callbackToken: "" };
    const callback = state === "waiting_for_callback" || state === "failed";
    const remoteSteps = callback ? ["researcher"] : [];
    const { id } = await this.#post("/workflows", { topic: "Heat pumps", remoteSteps });
    if (callback) {
      await this.reaches(id, "waiting_for_callback");
      const callbackToken = await this.#callbackToken(id);
      if (state === "failed") {
        const error = { code: "NoSources", message: "there is nothing to read" };
        await this.#post(`/callbacks/${id}`, { step: "researcher", token: callbackToken, error });
      }
      return { id, callbackToken };
    }
    await this.reaches(id, "waiting_for_approval");
    if (state === "rejected") await this.#post(`/approve/${id}`, { decision: "reject" });
    if (state === "cancelled") await this.#post(`/workflows/${id}/cancel`);
    if (state === "timed_out") await this.#overdue(id);
    if (state.startsWith("completed")) await this.#post(`/approve/${id}`, { decision: "approve", reason: "sound" });
    const { report } = await this.reaches(id, state.replace(/,.*/, ""));
    if (state === "completed, its report gone") {
      await this.#stage.s3.send(new DeleteObjectCommand({ Bucket: this.#scope.bucket, Key: report?.key ?? "" }));
    }
    return { id, callbackToken: "" };
  }

  /** Moves the deadline of its approval into the past: the sweeper does the rest. */
  async #overdue(id: string): Promise<void> {
    const { host, port, user, password } = this.#stage.postgres;
    const client = new pg.Client({ host, port, user, password, database: this.#scope.database });
    await client.connect();
    await client.query("update langgraph.workflows set approve_by = now() - interval '1 s' where id = $1", [id]);
    await client.end();
  }

  #callbackToken(id: string): Promise<string> {
    return eventually(`StepRequested of ${id}`, async () => {
      const asks = this.#stage.eventBridge.events.find(
        ({ type, detail }) => type === "StepRequested" && detail.workflowId === id,
      );
      return asks && String(asks.detail.callbackToken);
    });
  }

  reaches(id: string, status: string): Promise<{ report: { key: string } | null }> {
    return eventually(`${id} is ${status}`, async () => {
      const workflow = await this.#get(id);
      return workflow.status === status ? workflow : undefined;
    });
  }

  /** Resolves when nobody works on it: it waits for somebody, or has ended. */
  async rests(id: string): Promise<void> {
    await eventually(`${id} rests`, async () => {
      const { status } = await this.#get(id);
      return status === "pending" || status === "running" ? undefined : status;
    });
  }

  async #get(id: string): Promise<{ status: string; report: { key: string } | null }> {
    const response = await fetch(`${this.#agent.url}/workflows/${id}`);
    return (await response.json()) as { status: string; report: { key: string } | null };
  }

  async #post(path: string, body: unknown = {}): Promise<{ id: string }> {
    const response = await fetch(this.#agent.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: this.#token },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as { id: string };
  }
}
