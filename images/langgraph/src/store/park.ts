import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import type { Database } from "../database.ts";
import type { Artifact, Status, Step, WorkflowError, WritingStep } from "../domain/workflow.ts";
import { fenced, type Lease } from "./lease.ts";
import { addEvent, type EventType, notify } from "./outbox.ts";

/** Lets go of the workflow until somebody has decided, or the time for that has passed. @throws LeaseLost */
export function waitForApproval(database: Database, lease: Lease, hours: number): Promise<void> {
  return fenced(database, lease, async (client) => {
    const id = lease.workflowId;
    const approveBy = await letGo(client, id, "waiting_for_approval", hours * 3_600_000);
    await client.query("update workflows set approve_by = $2 where id = $1", [id, approveBy]);
    await client.query("update steps set status = 'waiting' where workflow_id = $1 and step = 'approval'", [id]);
    await addEvent(client, id, "ApprovalRequested", { approveBy, artifacts: await artifactsOf(client, id) });
  });
}

/**
 * Asks an agent elsewhere for a step, by an event that carries a token for its callback, and lets go of the workflow until
 * then. The token is kept as a digest only.
 *
 * @param bucket in which the agent finds the artifacts of the steps before; null: there are none for it
 * @throws LeaseLost
 */
export function waitForCallback(
  database: Database,
  lease: Lease,
  step: WritingStep,
  options: { readonly minutes: number; readonly bucket: string | null },
): Promise<void> {
  return fenced(database, lease, async (client) => {
    const id = lease.workflowId;
    const token = randomBytes(32).toString("base64url");
    const callbackBy = await letGo(client, id, "waiting_for_callback", options.minutes * 60_000);
    await client.query(
      `update steps set status = 'waiting', callback_digest = $3, callback_by = $4 where workflow_id = $1 and step = $2`,
      [id, step, digestOf(token), callbackBy],
    );
    const { rows } = await client.query<{ topic: string; instructions: string | null }>(
      "select topic, instructions from workflows where id = $1",
      [id],
    );
    const artifacts = await artifactsOf(client, id);
    await addEvent(client, id, "StepRequested", {
      ...rows[0],
      callbackToken: token,
      callbackBy,
      bucket: options.bucket,
      artifacts,
    });
  });
}

/** What is kept of a callback token: 256 random bits need no salt. */
export const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Gives the workflow back unharmed, for any replica to claim at once. */
export function release(database: Database, lease: Lease): Promise<void> {
  return fenced(database, lease, async (client) => {
    await client.query("update workflows set status = 'pending', owner = null, due_at = now() where id = $1", [
      lease.workflowId,
    ]);
    await notify(client, "due", lease.workflowId);
  });
}

/**
 * Gives the workflow back for another attempt at `step`. The wait doubles with each failure in a row up to `capMs`, and is
 * drawn between half of that and all of it, so that many that failed together do not come back together. A step that began,
 * or has had its result, longer than `hours` ago fails instead, with this error.
 *
 * @returns the wait in milliseconds, or undefined when the workflow has failed
 * @throws LeaseLost
 */
export function tryAgain(
  database: Database,
  lease: Lease,
  step: Step | undefined,
  error: WorkflowError,
  options: { readonly baseMs: number; readonly capMs: number; readonly hours: number },
): Promise<number | undefined> {
  return fenced(database, lease, async (client) => {
    const id = lease.workflowId;
    const { rows } = await client.query<{ failures: number; late: boolean }>(
      `update workflows set failures = failures + 1 where id = $1 returning failures,
         coalesce((select coalesce(recorded_at, started_at) from steps where workflow_id = $1 and step = $2), created_at)
           + $3 * interval '1 hour' < now() as late`,
      [id, step, options.hours],
    );
    const { failures = 1, late = false } = rows[0] ?? {};
    if (late) {
      await end(client, id, "failed", error);
      return undefined;
    }
    const most = Math.min(options.capMs, options.baseMs * 2 ** Math.min(failures - 1, 20));
    const delayMs = Math.round(most * (0.5 + Math.random() / 2));
    await client.query(
      `update workflows set status = 'pending', owner = null, updated_at = now(), due_at = now() + $2 * interval '1 ms'
       where id = $1`,
      [id, delayMs],
    );
    await client.query("update steps set status = 'waiting' where workflow_id = $1 and step = $2", [id, step]);
    return delayMs;
  });
}

const endEvents = {
  completed: "WorkflowCompleted",
  rejected: "WorkflowRejected",
  failed: "WorkflowFailed",
  cancelled: "WorkflowCancelled",
  timed_out: "WorkflowTimedOut",
} as const satisfies Partial<Record<Status, EventType>>;

export type End = keyof typeof endEvents;

export const isEnd = (status: Status): status is End => status in endEvents;

/**
 * Ends a workflow whose row the transaction has locked. Its fence grows, so that a replica which still works on it is
 * refused from now on.
 */
export async function end(
  client: pg.ClientBase,
  id: string,
  status: End,
  error?: WorkflowError,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await client.query(
    `update workflows set status = $2, error_code = $3, error_message = $4, ended_at = now(), owner = null, due_at = null,
       fence = fence + 1 where id = $1`,
    [id, status, error?.code, error?.message],
  );
  await client.query(
    `update steps set status = case when step = 'approval' and $2 = 'rejected' then 'completed' else 'failed' end,
       finished_at = now(), callback_by = null
     where workflow_id = $1 and status in ('running', 'waiting')`,
    [id, status],
  );
  await addEvent(client, id, endEvents[status], { ...(error && { error }), ...detail });
  await notify(client, "ended", id);
}

/** Ends a workflow that has its report, by who holds it. @throws LeaseLost */
export function complete(database: Database, lease: Lease): Promise<void> {
  return fenced(database, lease, async (client) => {
    const artifacts = await artifactsOf(client, lease.workflowId);
    const report = artifacts.find(({ step }) => step === "writer");
    if (!report) throw new Error(`workflow ${lease.workflowId} has gone through its graph without a report`);
    await end(client, lease.workflowId, "completed", undefined, { report });
  });
}

/** Ends a workflow that cannot go on, by who holds it. @throws LeaseLost */
export function fail(database: Database, lease: Lease, error: WorkflowError): Promise<void> {
  return fenced(database, lease, (client) => end(client, lease.workflowId, "failed", error));
}

async function letGo(client: pg.ClientBase, id: string, status: Status, waitMs: number): Promise<Date> {
  const { rows } = await client.query<{ until: Date }>(
    `update workflows set status = $2, owner = null, due_at = null, crashes = 0, failures = 0 where id = $1
     returning (now() + $3 * interval '1 ms')::timestamptz(3) as until`,
    [id, status, waitMs],
  );
  const until = rows[0]?.until;
  if (!until) throw new Error(`workflow ${id} is gone though its row is locked`);
  return until;
}

async function artifactsOf(client: pg.ClientBase, id: string): Promise<(Artifact & { step: Step })[]> {
  const { rows } = await client.query<Artifact & { step: Step }>(
    `select step, artifact_key as key, artifact_bytes as bytes, artifact_sha256 as sha256 from steps
     where workflow_id = $1 and artifact_key is not null order by started_at`,
    [id],
  );
  return rows;
}
