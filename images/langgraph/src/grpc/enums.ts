import type { Status, Step, StepResult } from "../domain/workflow.ts";
import {
  Decision,
  Step as StepNumber,
  StepStatus,
  WorkflowStatus,
} from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";

/** The domain's words and the wire's numbers. A word without a number does not compile. */

export const statusNumbers = {
  pending: WorkflowStatus.PENDING,
  running: WorkflowStatus.RUNNING,
  waiting_for_callback: WorkflowStatus.WAITING_FOR_CALLBACK,
  waiting_for_approval: WorkflowStatus.WAITING_FOR_APPROVAL,
  completed: WorkflowStatus.COMPLETED,
  rejected: WorkflowStatus.REJECTED,
  failed: WorkflowStatus.FAILED,
  cancelled: WorkflowStatus.CANCELLED,
  timed_out: WorkflowStatus.TIMED_OUT,
} as const satisfies Record<Status, WorkflowStatus>;

export const stepNumbers = {
  researcher: StepNumber.RESEARCHER,
  analyst: StepNumber.ANALYST,
  approval: StepNumber.APPROVAL,
  writer: StepNumber.WRITER,
} as const satisfies Record<Step, StepNumber>;

export const stepStatusNumbers = {
  running: StepStatus.RUNNING,
  waiting: StepStatus.WAITING,
  completed: StepStatus.COMPLETED,
  failed: StepStatus.FAILED,
} as const satisfies Record<StepResult["status"], StepStatus>;

export const decisionNumbers = { approved: Decision.APPROVED, rejected: Decision.REJECTED } as const;

/** What the HTTP API says for a decision that is asked for. */
export const decisionRequestNumbers = { approve: Decision.APPROVED, reject: Decision.REJECTED } as const;

/** The word for a number; for an unknown number a text that no schema takes, so that validation names the field. */
export function wordOf(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.entries(numbers).find(([, each]) => each === number)?.[0] ?? `unknown value ${number}`;
}
