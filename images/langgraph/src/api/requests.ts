import { z } from "zod";
import { limits } from "../domain/validation.ts";
import type { Status, Step, WritingStep } from "../domain/workflow.ts";

/** What both doors take. A door turns its own form into this one and parses it: what is wrong is wrong at both. */

export const statuses = [
  "pending",
  "running",
  "waiting_for_callback",
  "waiting_for_approval",
  "completed",
  "rejected",
  "failed",
  "cancelled",
  "timed_out",
] as const satisfies readonly Status[];

export const steps = ["researcher", "analyst", "approval", "writer"] as const satisfies readonly Step[];

export const writingSteps = ["researcher", "analyst", "writer"] as const satisfies readonly WritingStep[];

/** PostgreSQL keeps no NUL in text, and half a surrogate pair has no UTF-8: both are refused here, where it can be said. */
const text = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .refine((value) => value.trim() !== "", "must not be blank")
    .refine(isStorable, "must be well-formed text without NUL characters");

const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes("\0");

export const workflowId = z
  .string()
  .regex(/^[\w-]{1,64}$/, "must be the id of a workflow: 1 to 64 letters, digits, _ or -")
  .describe("id of the workflow");

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 printable ASCII characters")
  .describe("the same key never starts a second workflow; a UUID does");

export const createRequest = z
  .strictObject({
    topic: text(limits.topic).describe("what the report shall be about"),
    instructions: text(limits.instructions).exactOptional().describe("what its writers shall keep to"),
    sessionId: z
      .string()
      .regex(/^[\w.:@/+-]{1,128}$/, "must be 1 to 128 letters, digits or any of . : @ / + - _")
      .exactOptional()
      .describe("session of the caller, found again in logs, metrics and traces"),
    remoteSteps: z
      .array(z.enum(writingSteps))
      .max(writingSteps.length)
      .refine((names) => new Set(names).size === names.length, "must not name a step twice")
      .exactOptional()
      .describe("steps that agents elsewhere do, and report by callback"),
  })
  .meta({ id: "CreateWorkflow", examples: [{ topic: "Heat pumps in old buildings", sessionId: "s-42" }] });

const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

export const listRequest = z.strictObject({
  status: z.enum(statuses).exactOptional(),
  createdAfter: time.exactOptional().describe("exclusive; RFC 3339"),
  createdBefore: time.exactOptional().describe("exclusive; RFC 3339"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(512).exactOptional().describe("nextCursor of the page before"),
});

/** What is decided by what is asked for. */
export const decisions = { approve: "approved", reject: "rejected" } as const;

export const decideRequest = z
  .strictObject({
    decision: z.enum(["approve", "reject"]),
    reason: text(limits.reason).exactOptional().describe("recorded with the decision"),
  })
  .meta({ id: "DecideWorkflow", examples: [{ decision: "approve", reason: "the sources hold" }] });

const tokens = z.int().min(0).max(2_147_483_647);

export const callbackRequest = z
  .strictObject({
    step: z.enum(writingSteps),
    token: z.string().min(1).max(512).describe("what the StepRequested event carried"),
    result: z
      .strictObject({
        text: text(limits.resultText),
        inputTokens: tokens.exactOptional(),
        outputTokens: tokens.exactOptional(),
      })
      .exactOptional(),
    error: z.strictObject({ code: text(limits.errorCode), message: text(limits.errorMessage) }).exactOptional(),
  })
  .refine((report) => (report.result === undefined) !== (report.error === undefined), {
    path: ["result"],
    error: "must be there, or error must be, and not both",
  })
  .meta({
    id: "ReportStep",
    description: "Result or failure of a step that another agent did: either `result` or `error`.",
    examples: [{ step: "researcher", token: "cb_…", result: { text: "…", inputTokens: 900, outputTokens: 1200 } }],
  });
