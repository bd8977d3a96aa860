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

export declare class Workflows {
  /** Same key and same input: the recorded workflow, created=false. Same key and other input: AgentError 422 IdempotencyKeyReused. */
  create(input: NewWorkflow, idempotencyKey?: string): Promise<{ workflow: Workflow; created: boolean }>;
  /** @throws AgentError 404 WorkflowNotFound */
  get(id: string): Promise<Workflow>;
  /** Newest first. @throws AgentError 400 InvalidCursor */
  list(query: ListQuery): Promise<{ workflows: readonly Workflow[]; nextCursor: string | null }>;
  /**
   * Decides once; the very same decision by the same caller is answered with the recorded one.
   * @throws AgentError 404 WorkflowNotFound, 409 AlreadyDecided (details: the recorded one), 409 ApprovalTimedOut, 409
   * NotWaitingForApproval
   */
  decide(id: string, decision: Decision): Promise<Workflow>;
  /**
   * Takes an agent's report of its step; the same result again is answered as the first was.
   * @throws AgentError 404 WorkflowNotFound, 403 WrongCallbackToken, 409 StepFinished
   */
  callback(id: string, report: CallbackReport): Promise<Workflow>;
  /** Idempotent on a cancelled one. @throws AgentError 404 WorkflowNotFound, 409 AlreadyFinished */
  cancel(id: string, by: string): Promise<Workflow>;
  /** Presigned URL of the report. @throws AgentError 404 WorkflowNotFound, 409 ReportNotReady, 410 ReportExpired */
  reportUrl(id: string): Promise<{ url: string; expiresAt: Date }>;
  /** The workflow as it is and then after each change, until it has ended or `signal` aborts. */
  watch(id: string, signal: AbortSignal): AsyncIterable<Workflow>;
}
