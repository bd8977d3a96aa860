import { AgentError } from "@agentorchestrator/shared";
import type { Approval, Step, Workflow } from "./workflow.ts";

export const notFound = (id: string) =>
  new AgentError("WorkflowNotFound", `there is no workflow ${id}, or its retention has passed`, { status: 404 });

export const keyReused = (id: string) =>
  new AgentError(
    "IdempotencyKeyReused",
    `the idempotency key created workflow ${id} from other input: send a new key with new input`,
    { status: 422, details: { workflowId: id } },
  );

/** The workflow of the key was removed between two looks at it. */
export const keyInUse = () =>
  new AgentError("IdempotencyKeyInUse", "another request with this idempotency key is in hand: send it again", {
    status: 409,
    retryable: true,
    retryAfterSeconds: 1,
  });

export const alreadyDecided = (id: string, approval: Approval) =>
  new AgentError(
    "AlreadyDecided",
    `workflow ${id} was ${approval.decision} by ${approval.by} at ${approval.at.toISOString()}`,
    { status: 409, details: { ...approval, at: approval.at.toISOString() } },
  );

export const approvalTimedOut = ({ id, approveBy }: Workflow) =>
  new AgentError(
    "ApprovalTimedOut",
    `workflow ${id} could be decided until ${approveBy?.toISOString()}: start a new one`,
    { status: 409, details: { approveBy: approveBy?.toISOString() } },
  );

export const notWaitingForApproval = ({ id, status }: Workflow) =>
  new AgentError("NotWaitingForApproval", `workflow ${id} is ${status} and does not wait for an approval`, {
    status: 409,
    details: { status },
  });

export const wrongToken = (id: string, step: Step) =>
  new AgentError(
    "WrongCallbackToken",
    `the token is not the one that was given for step ${step} of workflow ${id}: send callbackToken of its StepRequested event`,
    { status: 403 },
  );

export const stepFinished = ({ id, status }: Workflow, step: Step) =>
  new AgentError("StepFinished", `step ${step} of workflow ${id} takes no report any more; the workflow is ${status}`, {
    status: 409,
    details: { status },
  });

export const alreadyFinished = ({ id, status }: Workflow) =>
  new AgentError("AlreadyFinished", `workflow ${id} is ${status} already and cannot be cancelled`, {
    status: 409,
    details: { status },
  });

export const reportNotReady = ({ id, status }: Workflow) =>
  new AgentError("ReportNotReady", `workflow ${id} is ${status}: there is a report once it is completed`, {
    status: 409,
    details: { status },
  });

export const reportExpired = (id: string) =>
  new AgentError("ReportExpired", `the report of workflow ${id} is no longer in the bucket of artifacts`, {
    status: 410,
  });

export const remoteStepNeedsBucket = (step: Step) =>
  new AgentError(
    "RemoteStepNeedsBucket",
    `step ${step} builds on earlier ones, and an agent elsewhere finds those in a bucket only: add data.artifacts and uses: [{ component: artifacts }]`,
    { status: 400 },
  );

export const remoteStepNeedsEvents = () =>
  new AgentError(
    "RemoteStepNeedsEvents",
    "an agent elsewhere is asked for a step by an event, and this platform tells none: add uses: [{ component: events }]",
    { status: 400 },
  );
