import type pg from "pg";
import type { Database } from "../database.ts";
import type { Approval, ListQuery, NewWorkflow, Status, Step, StepResult, Workflow } from "../domain/workflow.ts";

const order: readonly Step[] = ["researcher", "analyst", "approval", "writer"];

interface StepRow {
  readonly step: Step;
  readonly status: StepResult["status"];
  readonly remote: boolean;
  readonly attempts: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly artifact_key: string | null;
  readonly artifact_bytes: number | null;
  readonly artifact_sha256: string | null;
}

interface WorkflowRow {
  readonly id: string;
  readonly status: Status;
  readonly step: Step | null;
  readonly topic: string;
  readonly instructions: string | null;
  readonly session_id: string | null;
  readonly input_digest: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly approve_by: Date | null;
  readonly decision: Approval["decision"] | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly steps: readonly StepRow[];
}

const SELECT = `select w.*, coalesce((select json_agg(json_build_object('step', s.step, 'status', s.status,
    'remote', s.remote, 'attempts', s.attempts, 'started_at', s.started_at, 'finished_at', s.finished_at,
    'artifact_key', s.artifact_key, 'artifact_bytes', s.artifact_bytes, 'artifact_sha256', s.artifact_sha256))
  from steps s where s.workflow_id = w.id), '[]') as steps from workflows w`;

/** The workflow, or undefined where there is none. */
export async function findWorkflow(client: Pick<pg.ClientBase, "query">, id: string): Promise<Workflow | undefined> {
  const { rows } = await client.query<WorkflowRow>(`${SELECT} where w.id = $1`, [id]);
  return rows[0] && workflowOf(rows[0]);
}

/** The same, locked until the transaction ends. */
export async function lockWorkflow(client: pg.ClientBase, id: string): Promise<Workflow | undefined> {
  await client.query("select from workflows where id = $1 for update", [id]);
  return findWorkflow(client, id);
}

/** The workflow that was created with this key, and the digest of what it was created from. */
export async function findByKey(
  client: pg.ClientBase,
  key: string,
): Promise<{ workflow: Workflow; digest: string } | undefined> {
  const { rows } = await client.query<WorkflowRow>(`${SELECT} where w.idempotency_key = $1`, [key]);
  return rows[0] && { workflow: workflowOf(rows[0]), digest: rows[0].input_digest };
}

/** False when the key is taken already. */
export async function insertWorkflow(
  client: pg.ClientBase,
  id: string,
  input: NewWorkflow,
  digest: string,
  key: string | undefined,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into workflows (id, topic, instructions, session_id, remote_steps, input_digest, idempotency_key)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (idempotency_key) do nothing`,
    [id, input.topic, input.instructions, input.sessionId, input.remoteSteps ?? [], digest, key],
  );
  return rowCount === 1;
}

/** Where a page of the list ends. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

/** Newest first, those after `position` only. */
export async function listWorkflows(
  database: Database,
  query: Omit<ListQuery, "cursor">,
  position: Position | undefined,
): Promise<Workflow[]> {
  const values: unknown[] = [];
  const wanted: string[] = [];
  const want = (condition: (...parameters: string[]) => string, ...given: readonly unknown[]) => {
    wanted.push(condition(...given.map((value) => `$${values.push(value)}`)));
  };
  if (query.status) want((status) => `w.status = ${status}`, query.status);
  if (query.createdAfter) want((time) => `w.created_at > ${time}`, query.createdAfter);
  if (query.createdBefore) want((time) => `w.created_at < ${time}`, query.createdBefore);
  if (position) want((time, id) => `(w.created_at, w.id) < (${time}, ${id})`, position.createdAt, position.id);
  const where = wanted.length > 0 ? `where ${wanted.join(" and ")}` : "";
  const rows = await database.rows<WorkflowRow>(
    `${SELECT} ${where} order by w.created_at desc, w.id desc limit $${values.push(query.limit)}`,
    values,
  );
  return rows.map(workflowOf);
}

function workflowOf(row: WorkflowRow): Workflow {
  const steps = row.steps.map(stepOf).sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
  return {
    id: row.id,
    status: row.status,
    step: row.step,
    input: { topic: row.topic, ...(row.instructions !== null && { instructions: row.instructions }) },
    sessionId: row.session_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    approveBy: row.approve_by,
    approval: approvalOf(row),
    steps,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? "" },
    report: row.status === "completed" ? (steps.find(({ step }) => step === "writer")?.artifact ?? null) : null,
  };
}

function approvalOf(row: WorkflowRow): Approval | null {
  if (row.decision === null || row.decided_by === null || row.decided_at === null) return null;
  return { decision: row.decision, reason: row.decision_reason, by: row.decided_by, at: row.decided_at };
}

function stepOf(row: StepRow): StepResult {
  const { artifact_key: key, artifact_bytes: bytes, artifact_sha256: sha256 } = row;
  return {
    step: row.step,
    status: row.status,
    startedAt: new Date(row.started_at),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at),
    artifact: key === null || bytes === null || sha256 === null ? null : { key, bytes, sha256 },
    remote: row.remote,
    attempts: row.attempts,
  };
}
