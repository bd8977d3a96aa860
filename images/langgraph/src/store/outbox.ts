import type pg from "pg";
import type { Database } from "../database.ts";

/** Told of what happens to workflows when it is committed: a word and the workflow's id. */
export const CHANNEL = "langgraph_workflows";

/** due: any replica may claim it; ended: whoever works on it shall stop; changed: it looks different to its clients. */
export type Notice = "due" | "ended" | "changed";

export async function notify(client: pg.ClientBase, notice: Notice, workflowId: string): Promise<void> {
  await client.query("select pg_notify($1, $2)", [CHANNEL, `${notice} ${workflowId}`]);
}

export type EventType =
  | "WorkflowCreated"
  | "StepStarted"
  | "StepRequested"
  | "StepReported"
  | "StepCompleted"
  | "ApprovalRequested"
  | "ApprovalDecided"
  | "WorkflowCompleted"
  | "WorkflowRejected"
  | "WorkflowFailed"
  | "WorkflowCancelled"
  | "WorkflowTimedOut";

/** An event that waits to be published. */
export interface OutboxEvent {
  readonly workflowId: string;
  /** 1 for a workflow's first, with no gaps after it. */
  readonly sequence: number;
  readonly type: EventType;
  readonly at: Date;
  readonly detail: Readonly<Record<string, unknown>>;
  /** How often it was given to EventBridge, this time included. */
  readonly attempts: number;
}

/**
 * Writes an event in the transaction of the change that it tells of: both are there or neither. The status and step in its
 * detail are those of the row as it is at this moment of the transaction.
 */
export async function addEvent(
  client: pg.ClientBase,
  workflowId: string,
  type: EventType,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await client.query(
    `with numbered as (
       update workflows set events = events + 1, updated_at = now() where id = $1 returning events, status, step, session_id)
     insert into outbox (workflow_id, sequence, type, detail)
     select $1, events, $2, jsonb_build_object('status', status, 'step', step, 'sessionId', session_id) || $3::jsonb
     from numbered`,
    [workflowId, type, JSON.stringify(detail)],
  );
  await notify(client, "changed", workflowId);
}

/**
 * Takes up to ten events that no other publisher has taken, each the first unpublished one of its workflow: so a workflow's
 * events leave in their order, and one that EventBridge refuses holds up no other workflow. What is not settled within
 * `takenMs` is taken again.
 */
export async function takeEvents(database: Database, takenMs: number): Promise<OutboxEvent[]> {
  const rows = await database.rows<OutboxEvent>(
    `update outbox o set due_at = now() + $1 * interval '1 ms', attempts = attempts + 1
     from (select workflow_id, sequence from outbox c
           where published_at is null and due_at <= now() and not exists (select from outbox e
             where e.workflow_id = c.workflow_id and e.sequence < c.sequence and e.published_at is null)
           order by due_at limit 10 for update skip locked) t
     where o.workflow_id = t.workflow_id and o.sequence = t.sequence
     returning o.workflow_id as "workflowId", o.sequence, o.type, o.created_at as at, o.detail, o.attempts`,
    [takenMs],
  );
  return rows;
}

/** Published events are not sent again and lose their detail. */
export async function eventsPublished(database: Database, events: readonly OutboxEvent[]): Promise<void> {
  await database.rows(
    `update outbox o set published_at = now(), detail = null
     from unnest($1::text[], $2::int[]) as t (workflow_id, sequence)
     where o.workflow_id = t.workflow_id and o.sequence = t.sequence`,
    [events.map(({ workflowId }) => workflowId), events.map(({ sequence }) => sequence)],
  );
}

/** Refused events are tried again after `delayMs`. */
export async function eventRefused(database: Database, event: OutboxEvent, delayMs: number): Promise<void> {
  await database.rows(
    `update outbox set due_at = now() + $3 * interval '1 ms'
     where workflow_id = $1 and sequence = $2 and published_at is null`,
    [event.workflowId, event.sequence, delayMs],
  );
}
