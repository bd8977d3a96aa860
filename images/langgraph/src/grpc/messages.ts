import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { Workflow } from "../domain/workflow.ts";
import {
  decisionNumbers,
  decisionRequestNumbers,
  statusNumbers,
  stepNumbers,
  stepStatusNumbers,
  wordOf,
} from "./enums.ts";
import type {
  CreateWorkflowRequest,
  DecideWorkflowRequest,
  ListWorkflowsRequest,
  ReportStepRequest,
  WorkflowSchema,
} from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";

/** The domain's workflow as a message. */
export function workflowMessage(workflow: Workflow): MessageInitShape<typeof WorkflowSchema> {
  const { approval } = workflow;
  return {
    id: workflow.id,
    status: statusNumbers[workflow.status],
    ...present("step", workflow.step && stepNumbers[workflow.step]),
    input: workflow.input,
    ...present("sessionId", workflow.sessionId),
    createdAt: timestampFromDate(workflow.createdAt),
    updatedAt: timestampFromDate(workflow.updatedAt),
    ...present("approveBy", workflow.approveBy && timestampFromDate(workflow.approveBy)),
    ...present(
      "approval",
      approval && {
        decision: decisionNumbers[approval.decision],
        ...present("reason", approval.reason),
        by: approval.by,
        at: timestampFromDate(approval.at),
      },
    ),
    steps: workflow.steps.map((step) => ({
      step: stepNumbers[step.step],
      status: stepStatusNumbers[step.status],
      startedAt: timestampFromDate(step.startedAt),
      ...present("finishedAt", step.finishedAt && timestampFromDate(step.finishedAt)),
      ...present("artifact", step.artifact && artifactMessage(step.artifact)),
      remote: step.remote,
      attempts: step.attempts,
    })),
    ...present("error", workflow.error),
    ...present("report", workflow.report && artifactMessage(workflow.report)),
  };
}

const artifactMessage = ({ bytes, ...artifact }: NonNullable<Workflow["report"]>) => ({
  ...artifact,
  bytes: BigInt(bytes),
});

/** A field of a message that is left out rather than null. */
function present<Name extends string, Value>(name: Name, value: Value | null): { [name in Name]?: Value } {
  return value === null ? {} : ({ [name]: value } as { [name in Name]?: Value });
}

/** Requests as what `api/requests.ts` parses. */

export const createFields = ({ input, sessionId, remoteSteps }: CreateWorkflowRequest): unknown =>
  defined({
    topic: input?.topic,
    instructions: input?.instructions,
    sessionId,
    remoteSteps: remoteSteps.length > 0 ? remoteSteps.map((step) => wordOf(stepNumbers, step)) : undefined,
  });

export const listFields = ({ status, createdAfter, createdBefore, limit, cursor }: ListWorkflowsRequest): unknown =>
  defined({
    status: status ? wordOf(statusNumbers, status) : undefined,
    createdAfter: createdAfter && timeOf(createdAfter),
    createdBefore: createdBefore && timeOf(createdBefore),
    limit,
    cursor,
  });

export const decideFields = ({ decision, reason }: DecideWorkflowRequest): unknown =>
  defined({ decision: wordOf(decisionRequestNumbers, decision), reason });

export const reportFields = ({ step, token, outcome }: ReportStepRequest): unknown =>
  defined({
    step: wordOf(stepNumbers, step),
    token,
    result:
      outcome.case === "result"
        ? defined({
            text: outcome.value.text,
            inputTokens: outcome.value.inputTokens,
            outputTokens: outcome.value.outputTokens,
          })
        : undefined,
    error: outcome.case === "error" ? { code: outcome.value.code, message: outcome.value.message } : undefined,
  });

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** RFC 3339; for a time that no Date holds a text that no schema takes. */
function timeOf(timestamp: Timestamp): string {
  const date = timestampDate(timestamp);
  return Number.isNaN(date.valueOf()) ? "no time" : date.toISOString();
}
