import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import type { Artifacts } from "../artifacts.ts";
import type { Database } from "../database.ts";
import type { Changes } from "../store/changes.ts";
import { addEvent, notify } from "../store/outbox.ts";
import { digestOf, end, isEnd } from "../store/park.ts";
import { record, textOf } from "../store/steps.ts";
import { findByKey, findWorkflow, insertWorkflow, listWorkflows, lockWorkflow } from "../store/workflows.ts";
import { formatCursor, parseCursor } from "./cursor.ts";
import * as refuse from "./refusals.ts";
import { checkNewWorkflow, checkReason, checkReport } from "./validation.ts";

/**
 * pending: no replica has it in hand, or it waits for its next attempt; running: a replica has; waiting_for_callback: an
 * agent elsewhere works on a step; waiting_for_approval: a person decides. The other five are ends, and nothing leaves them.
 */
export type Status =
  | "pending"
  | "running"
  | "waiting_for_callback"
  | "waiting_for_approval"
  | "completed"
  | "rejected"
  | "failed"
  | "cancelled"
  | "timed_out";

/** In the order in which a workflow takes them. */
export type Step = "researcher" | "analyst" | "approval" | "writer";

/** A step whose text a model writes, here or at an agent elsewhere. */
export type WritingStep = Exclude<Step, "approval">;

/** An object in the bucket of artifacts. `sha256` is the hexadecimal digest of its bytes. */
export interface Artifact {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Approval {
  readonly decision: "approved" | "rejected";
  readonly reason: string | null;
  /** Subject of the approver's token. */
  readonly by: string;
  readonly at: Date;
}

export interface StepResult {
  readonly step: Step;
  /** waiting: for an approval, a callback, or its next attempt. */
  readonly status: "running" | "waiting" | "completed" | "failed";
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly artifact: Artifact | null;
  /** Whether an agent elsewhere does it. */
  readonly remote: boolean;
  /** How often its model was asked; 0 for a remote step. */
  readonly attempts: number;
}

export interface WorkflowError {
  readonly code: string;
  readonly message: string;
}

/** One workflow as its clients see it. All times are the database's. */
export interface Workflow {
  readonly id: string;
  readonly status: Status;
  /** The step in hand, the last one begun when it has ended; null before the first. */
  readonly step: Step | null;
  readonly input: { readonly topic: string; readonly instructions?: string };
  readonly sessionId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Until when it can be decided, while it waits for that and afterwards. */
  readonly approveBy: Date | null;
  readonly approval: Approval | null;
  /** Steps that have begun, in their order. */
  readonly steps: readonly StepResult[];
  readonly error: WorkflowError | null;
  readonly report: Artifact | null;
}

export interface NewWorkflow {
  readonly topic: string;
  readonly instructions?: string;
  readonly sessionId?: string;
  /** Steps that an agent elsewhere does and reports by callback. */
  readonly remoteSteps?: readonly WritingStep[];
}

export interface ListQuery {
  readonly status?: Status;
  /** Exclusive. */
  readonly createdAfter?: Date;
  /** Exclusive. */
  readonly createdBefore?: Date;
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface Decision {
  readonly decision: "approved" | "rejected";
  readonly reason?: string;
  /** Subject of the approver's token. */
  readonly by: string;
}

/** What an agent elsewhere says about its step: exactly one of `result` and `error`. */
export interface CallbackReport {
  readonly step: Step;
  /** What the StepRequested event carried. */
  readonly token: string;
  readonly result?: { readonly text: string; readonly inputTokens?: number; readonly outputTokens?: number };
  readonly error?: WorkflowError;
}

/**
 * What can be done with workflows, whichever door it comes through. Every method may also throw AgentError 503
 * DatabaseUnavailable. A change and its event are one transaction; of two callers who race, the database lets one win.
 */
export class Workflows {
  readonly #database: Database;
  readonly #artifacts: Artifacts;
  readonly #withoutEvents: boolean;
  readonly #changes: Changes;

  /** @param options.withoutEvents nobody is told of anything, and so nobody elsewhere can be asked for a step */
  constructor(
    database: Database,
    artifacts: Artifacts,
    changes: Changes,
    options: { readonly withoutEvents?: boolean } = {},
  ) {
    this.#withoutEvents = options.withoutEvents ?? false;
    this.#database = database;
    this.#artifacts = artifacts;
    this.#changes = changes;
  }

  /**
   * Same key and same input: the recorded workflow, created=false.
   *
   * @throws AgentError 422 IdempotencyKeyReused for the same key and other input, 400 InvalidWorkflow
   */
  async create(input: NewWorkflow, idempotencyKey?: string): Promise<{ workflow: Workflow; created: boolean }> {
    checkNewWorkflow(input, idempotencyKey);
    const { topic, instructions = null, sessionId = null, remoteSteps = [] } = input;
    const inNeed = remoteSteps.find((step) => step !== "researcher");
    if (inNeed && this.#artifacts.bucket === null) throw refuse.remoteStepNeedsBucket(inNeed);
    if (remoteSteps.length > 0 && this.#withoutEvents) throw refuse.remoteStepNeedsEvents();
    const same = JSON.stringify([topic, instructions, sessionId, [...new Set(remoteSteps)].sort()]);
    const digest = createHash("sha256").update(same).digest("hex");
    return this.#database.transaction(async (client) => {
      const id = randomUUID();
      if (await insertWorkflow(client, id, input, digest, idempotencyKey)) {
        await addEvent(client, id, "WorkflowCreated");
        await notify(client, "due", id);
        return { workflow: await present(client, id), created: true };
      }
      const recorded = await findByKey(client, idempotencyKey ?? "");
      if (!recorded) throw refuse.keyInUse();
      if (recorded.digest !== digest) throw refuse.keyReused(recorded.workflow.id);
      return { workflow: recorded.workflow, created: false };
    });
  }

  /** @throws AgentError 404 WorkflowNotFound */
  get(id: string): Promise<Workflow> {
    return this.#database.use((client) => present(client, id));
  }

  /** Newest first. @throws AgentError 400 InvalidCursor */
  async list(query: ListQuery): Promise<{ workflows: readonly Workflow[]; nextCursor: string | null }> {
    const position = query.cursor === undefined ? undefined : parseCursor(query.cursor);
    const found = await listWorkflows(this.#database, { ...query, limit: query.limit + 1 }, position);
    const workflows = found.slice(0, query.limit);
    const last = workflows.at(-1);
    return { workflows, nextCursor: last && found.length > query.limit ? formatCursor(last) : null };
  }

  /**
   * Decides once; the very same decision by the same caller is answered with the recorded one.
   *
   * @throws AgentError 404 WorkflowNotFound, 409 AlreadyDecided (details: the recorded one), 409 ApprovalTimedOut, 409
   * NotWaitingForApproval
   */
  async decide(id: string, { decision, reason: given, by }: Decision): Promise<Workflow> {
    const reason = given ?? null;
    checkReason(reason);
    return this.#change(id, async (client, workflow) => {
      const { approval } = workflow;
      if (approval) {
        if (approval.decision === decision && approval.reason === reason && approval.by === by) return;
        throw refuse.alreadyDecided(id, approval);
      }
      if (workflow.status === "timed_out") throw refuse.approvalTimedOut(workflow);
      if (workflow.status !== "waiting_for_approval") throw refuse.notWaitingForApproval(workflow);
      const { rowCount } = await client.query(
        `update workflows set status = 'pending', due_at = now(), decision = $2, decision_reason = $3, decided_by = $4,
           decided_at = now()
         where id = $1 and status = 'waiting_for_approval' and approve_by > now()`,
        [id, decision, reason, by],
      );
      if (rowCount !== 1) throw refuse.approvalTimedOut(workflow);
      if (decision === "approved") {
        await client.query(
          "update steps set status = 'completed', finished_at = now() where workflow_id = $1 and step = 'approval'",
          [id],
        );
      }
      await addEvent(client, id, "ApprovalDecided", { decision, reason, by });
      if (decision === "approved") await notify(client, "due", id);
      else await end(client, id, "rejected");
    });
  }

  /**
   * Takes an agent's report of its step; the same result again is answered as the first was.
   *
   * @throws AgentError 404 WorkflowNotFound, 403 WrongCallbackToken, 409 StepFinished, 400 InvalidReport
   */
  async callback(id: string, report: CallbackReport): Promise<Workflow> {
    checkReport(report);
    return this.#change(id, async (client, workflow) => {
      const { rows } = await client.query<{ digest: string | null; text: string | null; late: boolean | null }>(
        `select callback_digest as digest, text, callback_by <= now() as late from steps where workflow_id = $1 and step = $2`,
        [id, report.step],
      );
      const [step] = rows;
      if (!step?.digest || !sameDigest(step.digest, digestOf(report.token))) throw refuse.wrongToken(id, report.step);
      const { result, error } = report;
      if (result && step.text === result.text) return;
      if (error && workflow.error?.code === REMOTE_STEP_FAILED && workflow.error.message === remoteFailure(report))
        return;
      if (
        step.text !== null ||
        workflow.status !== "waiting_for_callback" ||
        workflow.step !== report.step ||
        step.late
      ) {
        throw refuse.stepFinished(workflow, report.step);
      }
      if (result) {
        await record(client, id, report.step, result);
        await client.query("update steps set callback_by = null where workflow_id = $1 and step = $2", [
          id,
          report.step,
        ]);
        await client.query("update workflows set status = 'pending', due_at = now() where id = $1", [id]);
        await addEvent(client, id, "StepReported");
        await notify(client, "due", id);
      } else {
        await end(client, id, "failed", { code: REMOTE_STEP_FAILED, message: remoteFailure(report) });
      }
    });
  }

  /** Idempotent on a cancelled one. @throws AgentError 404 WorkflowNotFound, 409 AlreadyFinished */
  cancel(id: string, by: string): Promise<Workflow> {
    return this.#change(id, async (client, workflow) => {
      if (workflow.status === "cancelled") return;
      if (isEnd(workflow.status)) throw refuse.alreadyFinished(workflow);
      await end(client, id, "cancelled", undefined, { by });
    });
  }

  /** The report itself. @throws AgentError 404 WorkflowNotFound, 409 ReportNotReady */
  async reportText(id: string): Promise<string> {
    const workflow = await this.get(id);
    const text = workflow.report && (await textOf(this.#database, id, "writer"));
    if (text === null) throw refuse.reportNotReady(workflow);
    return text;
  }

  /**
   * Presigned URL of the report, and when it stops to work.
   *
   * @throws AgentError 404 WorkflowNotFound, 409 ReportNotReady, 410 ReportExpired
   */
  async reportUrl(id: string): Promise<{ url: string; expiresAt: Date }> {
    const workflow = await this.get(id);
    if (!workflow.report) throw refuse.reportNotReady(workflow);
    const presigned = await this.#artifacts.presign(workflow.report);
    if (!presigned) throw refuse.reportExpired(id);
    return presigned;
  }

  /**
   * The workflow as it is and then after each change, until it has ended or `signal` aborts. Changes that follow each other
   * closely may be seen as one.
   *
   * @throws AgentError 404 WorkflowNotFound
   */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Workflow> {
    using changes = this.#changes.of(id);
    let seen = "";
    while (!signal.aborted) {
      const workflow = await this.get(id);
      const now = JSON.stringify(workflow);
      if (now !== seen) yield workflow;
      seen = now;
      if (isEnd(workflow.status)) return;
      await changes.next(signal);
    }
  }

  /** Changes the workflow with its row locked, and returns it as it is afterwards. */
  #change(id: string, work: (client: pg.ClientBase, workflow: Workflow) => Promise<void>): Promise<Workflow> {
    return this.#database.transaction(async (client) => {
      const workflow = await lockWorkflow(client, id);
      if (!workflow) throw refuse.notFound(id);
      await work(client, workflow);
      return present(client, id);
    });
  }
}

const REMOTE_STEP_FAILED = "RemoteStepFailed";

const remoteFailure = ({ step, error }: CallbackReport): string =>
  `the agent that does ${step} reported ${error?.code}: ${error?.message}`;

const sameDigest = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));

async function present(client: pg.ClientBase, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(client, id);
  if (!workflow) throw refuse.notFound(id);
  return workflow;
}
