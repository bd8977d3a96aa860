import { type DescEnum, type MessageShape, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  Decision,
  DecisionSchema,
  type Step,
  StepSchema,
  StepStatusSchema,
  WorkflowSchema,
  WorkflowService,
  type WorkflowStatus,
  WorkflowStatusSchema,
} from "../grpc/gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../grpc/gen/google/rpc/error_details_pb.ts";
import type { Call, Door, Outcome } from "./call.ts";

/** Makes calls over gRPC, and says what came back in the HTTP API's form: by the messages' descriptors, not by our code. */
export function grpcDoor(transport: Transport): Door {
  const client = createClient(WorkflowService, transport);
  return async (call) => {
    try {
      return { code: "OK", status: "OK", value: await answerOf(client, call) };
    } catch (error) {
      return errorOf(ConnectError.from(error));
    }
  };
}

async function answerOf(client: ReturnType<typeof createClient<typeof WorkflowService>>, call: Call): Promise<unknown> {
  switch (call.operation) {
    case "createWorkflow": {
      const { topic, instructions, remoteSteps = [], key } = call;
      const { workflow, created } = await client.createWorkflow({
        input: { topic, ...(instructions !== undefined && { instructions }) },
        remoteSteps: remoteSteps.map((step) => numberOf<Step>(StepSchema, step)),
        ...(key !== undefined && { idempotencyKey: key }),
      });
      return { workflow: plain(workflow), created };
    }
    case "listWorkflows": {
      const { operation, status, ...page } = call;
      const answer = await client.listWorkflows({
        ...page,
        ...(status !== undefined && { status: numberOf<WorkflowStatus>(WorkflowStatusSchema, status) }),
      });
      return { workflows: answer.workflows.map(plain), nextCursor: answer.nextCursor ?? null };
    }
    case "getWorkflow":
      return plain((await client.getWorkflow({ id: call.id })).workflow);
    case "watchWorkflow": {
      const seen: unknown[] = [];
      for await (const { workflow } of client.watchWorkflow({ id: call.id })) {
        seen.push(plain(workflow));
        call.told?.(seen.at(-1));
      }
      return seen;
    }
    case "getReport": {
      const { url, expiresAt, text } = await client.getReport({ id: call.id, content: call.content ?? false });
      if (text !== undefined) return { text };
      return { url, expiresAt: new Date(Number(expiresAt?.seconds) * 1_000).toISOString() };
    }
    case "cancelWorkflow":
      return plain((await client.cancelWorkflow({ id: call.id }, as(call.token))).workflow);
    case "decideWorkflow": {
      const decision = call.decision === "approve" ? Decision.APPROVED : Decision.REJECTED;
      const { id, reason } = call;
      const request = { id, decision, ...(reason !== undefined && { reason }) };
      return plain((await client.decideWorkflow(request, as(call.token))).workflow);
    }
    case "reportStep": {
      const { id, callbackToken: token, text, error } = call;
      const step = numberOf<Step>(StepSchema, call.step);
      const result = text === undefined ? undefined : ({ case: "result", value: { text } } as const);
      const outcome = error ? ({ case: "error", value: error } as const) : result;
      return plain((await client.reportStep({ id, step, token, ...(outcome && { outcome }) })).workflow);
    }
  }
}

const as = (token: string | undefined) => (token === undefined ? {} : { headers: { authorization: token } });

/** `waiting_for_approval` of WorkflowStatus is WORKFLOW_STATUS_WAITING_FOR_APPROVAL. */
const prefixOf = (desc: DescEnum) => desc.values[0]?.name.replace(/UNSPECIFIED$/, "") ?? "";

function numberOf<Enum extends number>(desc: DescEnum, word: string): Enum {
  return (desc.values.find(({ name }) => name === prefixOf(desc) + word.toUpperCase())?.number ?? 99) as Enum;
}

/** Longer ones first: that of Step begins that of StepStatus. */
const prefixes = [WorkflowStatusSchema, StepStatusSchema, StepSchema, DecisionSchema].map(prefixOf);
/** What HTTP says as null, and gRPC by leaving it out. */
const absent = {
  workflow: { step: null, sessionId: null, approveBy: null, approval: null, error: null, report: null, steps: [] },
  approval: { reason: null },
  step: { finishedAt: null, artifact: null, remote: false, attempts: 0 },
};

/** Protobuf's own JSON of a workflow, with enums as words, 64-bit numbers as numbers and times with milliseconds. */
function plain(workflow: MessageShape<typeof WorkflowSchema> | undefined): unknown {
  if (!workflow) throw new Error("an answer without its workflow");
  const json = JSON.parse(JSON.stringify(toJson(WorkflowSchema, workflow)), (name, value) => {
    if (typeof value !== "string") return value;
    if (name === "bytes") return Number(value);
    if (/(At|By|^at)$/.test(name) && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
    const prefix = ["status", "step", "decision"].includes(name) && prefixes.find((each) => value.startsWith(each));
    return prefix ? value.slice(prefix.length).toLowerCase() : value;
  });
  return {
    ...absent.workflow,
    ...json,
    ...(json.approval && { approval: { ...absent.approval, ...json.approval } }),
    steps: (json.steps ?? []).map((step: object) => ({ ...absent.step, ...step })),
  };
}

function errorOf(error: ConnectError): Outcome {
  const status = Code[error.code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  const [info] = error.findDetails(ErrorInfoSchema);
  if (!info) return { code: `(no code: ${error.message})`, status };
  const { fields, ...details } = JSON.parse(info.metadata.details ?? "{}");
  const [wrong] = error.findDetails(BadRequestSchema);
  return {
    code: info.reason,
    status,
    retryable: info.metadata.retryable === "true",
    ...(wrong && { fields: wrong.fieldViolations.map(({ field }) => field) }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}
