import type { Logger } from "@agentorchestrator/shared";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type pg from "pg";
import { type Database, SCHEMA } from "../database.ts";
import { end } from "../store/park.ts";
import { Loop } from "./loop.ts";

const BATCH = 100;

/**
 * Does what time brings, by the database's clock: approvals and callbacks that did not come in time, and the removal of
 * workflows that ended long ago. Every replica sweeps; rows that another one has locked are left to it, so that of a
 * decision and its timeout one wins.
 */
export class Sweeper {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #retentionDays: number;
  readonly #loop: Loop;

  constructor(database: Database, log: Logger, options: { readonly everyMs: number; readonly retentionDays: number }) {
    this.#database = database;
    this.#log = log;
    this.#retentionDays = options.retentionDays;
    this.#loop = new Loop("sweeping", options.everyMs, log, () => this.#sweep());
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #sweep(): Promise<boolean> {
    const approvals = await this.#database.transaction(endApprovals);
    const callbacks = await this.#database.transaction(endCallbacks);
    const removed = await this.#remove();
    if (approvals + callbacks + removed > 0) this.#log.info({ approvals, callbacks, removed }, "swept");
    return [approvals, callbacks, removed].includes(BATCH);
  }

  /** The checkpoints go first: a workflow without them is found again, checkpoints without a workflow never. */
  async #remove(): Promise<number> {
    const rows = await this.#database.rows<{ id: string }>(
      `select id from workflows w where ended_at < now() - $1 * interval '1 day'
         and not exists (select from outbox o where o.workflow_id = w.id and o.published_at is null)
       order by ended_at limit ${BATCH}`,
      [this.#retentionDays],
    );
    const saver = new PostgresSaver(await this.#database.pool(), undefined, { schema: SCHEMA });
    for (const { id } of rows) {
      await saver.deleteThread(id);
      await this.#database.rows("delete from workflows where id = $1 and ended_at is not null", [id]);
    }
    return rows.length;
  }
}

async function endApprovals(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    `select id from workflows where status = 'waiting_for_approval' and approve_by <= now()
     order by approve_by limit ${BATCH} for update skip locked`,
  );
  for (const { id } of rows) {
    await end(client, id, "timed_out", {
      code: "ApprovalTimedOut",
      message: "nobody decided in time: start a new workflow",
    });
  }
  return rows.length;
}

async function endCallbacks(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ id: string; step: string }>(
    `select w.id, s.step from workflows w join steps s on s.workflow_id = w.id
     where s.status = 'waiting' and s.callback_by <= now() and w.status = 'waiting_for_callback'
     order by s.callback_by limit ${BATCH} for update of w skip locked`,
  );
  for (const { id, step } of rows) {
    const message = `the agent that does ${step} did not report in time: see that it is there and gets StepRequested events`;
    await end(client, id, "failed", { code: "CallbackTimedOut", message });
  }
  return rows.length;
}
