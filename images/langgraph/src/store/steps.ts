import type pg from "pg";
import type { Database } from "../database.ts";
import type { Artifact, Step, WritingStep } from "../domain/workflow.ts";
import { fenced, type Lease } from "./lease.ts";
import { addEvent } from "./outbox.ts";

/** What is recorded of a step that has begun. */
export interface BegunStep {
  readonly remote: boolean;
  /** The result, once there is one. */
  readonly text: string | null;
}

/** Begins the step or finds it begun, by this replica or one before it. @throws LeaseLost */
export function beginStep(database: Database, lease: Lease, step: Step, remote: boolean): Promise<BegunStep> {
  return fenced(database, lease, async (client) => {
    const id = lease.workflowId;
    const { rowCount } = await client.query(
      `insert into steps (workflow_id, step, status, remote) values ($1, $2, 'running', $3)
       on conflict (workflow_id, step) do nothing`,
      [id, step, remote],
    );
    if (rowCount === 1) {
      await client.query("update workflows set step = $2 where id = $1", [id, step]);
      await addEvent(client, id, "StepStarted", { remote });
    }
    const { rows } = await client.query<BegunStep>(
      `update steps set status = case when status = 'waiting' and text is null then 'running' else status end
       where workflow_id = $1 and step = $2 returning remote, text`,
      [id, step],
    );
    const [begun] = rows;
    if (!begun) throw new Error(`step ${step} of workflow ${id} is gone though it was begun`);
    return begun;
  });
}

/** Counts a question to the model before it is asked, so that one whose answer was lost is counted too. @throws LeaseLost */
export function countAttempt(database: Database, lease: Lease, step: WritingStep, model: string): Promise<void> {
  return fenced(database, lease, async (client) => {
    await client.query("update steps set attempts = attempts + 1, model = $3 where workflow_id = $1 and step = $2", [
      lease.workflowId,
      step,
      model,
    ]);
  });
}

/** Counts an answer that was of no use and returns how many there were. @throws LeaseLost */
export function countBadAnswer(database: Database, lease: Lease, step: WritingStep): Promise<number> {
  return fenced(database, lease, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `update steps set bad_answers = bad_answers + 1 where workflow_id = $1 and step = $2 returning bad_answers as count`,
      [lease.workflowId, step],
    );
    return rows[0]?.count ?? 0;
  });
}

export interface Answer {
  readonly text: string;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Records a model's answer: from here on no replica asks for it again. @throws LeaseLost */
export function recordAnswer(database: Database, lease: Lease, step: WritingStep, answer: Answer): Promise<void> {
  return fenced(database, lease, (client) => record(client, lease.workflowId, step, answer));
}

/** The same within a transaction. */
export async function record(client: pg.ClientBase, id: string, step: Step, answer: Answer): Promise<void> {
  await client.query(
    `update steps set text = $3, input_tokens = $4, output_tokens = $5, recorded_at = clock_timestamp()
     where workflow_id = $1 and step = $2 and text is null`,
    [id, step, answer.text, answer.inputTokens, answer.outputTokens],
  );
}

/** Ends a step whose artifact is stored. Done again, it changes nothing. @throws LeaseLost */
export function completeStep(database: Database, lease: Lease, step: WritingStep, artifact: Artifact): Promise<void> {
  return fenced(database, lease, async (client) => {
    const { rowCount } = await client.query(
      `update steps set status = 'completed', finished_at = now(), callback_by = null, artifact_key = $3,
         artifact_bytes = $4, artifact_sha256 = $5
       where workflow_id = $1 and step = $2 and status <> 'completed'`,
      [lease.workflowId, step, artifact.key, artifact.bytes, artifact.sha256],
    );
    if (rowCount !== 1) return;
    await client.query("update workflows set crashes = 0, failures = 0 where id = $1", [lease.workflowId]);
    await addEvent(client, lease.workflowId, "StepCompleted", { artifact });
  });
}

/** Whether somebody has approved. */
export async function isApproved(database: Database, { workflowId }: Lease): Promise<boolean> {
  const rows = await database.rows("select from workflows where id = $1 and decision = 'approved'", [workflowId]);
  return rows.length === 1;
}

/** The recorded result of a step, null where there is none. */
export async function textOf(database: Database, workflowId: string, step: WritingStep): Promise<string | null> {
  const rows = await database.rows<{ text: string | null }>(
    "select text from steps where workflow_id = $1 and step = $2",
    [workflowId, step],
  );
  return rows[0]?.text ?? null;
}
