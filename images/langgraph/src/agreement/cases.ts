import type { Call } from "./call.ts";
import type { State, Subject } from "./subjects.ts";

/** A workflow in a state, what a client asks of it, and what either door has to answer to the last of its calls. */
export interface Case {
  readonly name: string;
  readonly state: State;
  readonly calls: (subject: Subject, tokens: Tokens) => readonly Call[];
  readonly code: string;
  readonly http: number;
  readonly grpc: string;
}

/** `Bearer <JWT>` of two who may approve, and of one who may not; `unique` differs for each run. */
export interface Tokens {
  readonly ada: string;
  readonly bob: string;
  readonly reader: string;
  readonly unique: string;
}

const ok = { code: "OK", http: 200, grpc: "OK" };
const invalid = { code: "InvalidRequest", http: 400, grpc: "INVALID_ARGUMENT" };
const notFound = { code: "WorkflowNotFound", http: 404, grpc: "NOT_FOUND" };
const unauthenticated = { code: "Unauthenticated", http: 401, grpc: "UNAUTHENTICATED" };
const conflict = (code: string) => ({ code, http: 409, grpc: "FAILED_PRECONDITION" });

const create = (more: object = {}): Call => ({ operation: "createWorkflow", topic: "Heat pumps", ...more });
const decide = (id: string, token: string | undefined, more: object = {}): Call => ({
  ...{ operation: "decideWorkflow", id, decision: "approve", reason: "sound" },
  ...(token !== undefined && { token }),
  ...more,
});
const report = ({ id, callbackToken }: Subject, more: object = {}): Call => ({
  ...{ operation: "reportStep", id, step: "researcher", callbackToken, text: "# Notes" },
  ...more,
});
const none = "none";
const approval = "waiting_for_approval";
const callback = "waiting_for_callback";

export const cases: readonly Case[] = [
  { name: "a new workflow", state: none, calls: () => [create({ instructions: "Be brief." })], ...ok, http: 202 },
  {
    name: "the same key and input again",
    state: none,
    calls: (_, { unique: key }) => [create({ key }), create({ key })],
    ...ok,
  },
  {
    name: "the same key and other input",
    state: none,
    calls: (_, { unique: key }) => [create({ key }), create({ key, topic: "Stoves" })],
    ...{ code: "IdempotencyKeyReused", http: 422, grpc: "INVALID_ARGUMENT" },
  },
  { name: "a key with a space", state: none, calls: () => [create({ key: "a b" })], ...invalid },
  { name: "a blank topic", state: none, calls: () => [create({ topic: " \n" })], ...invalid },
  { name: "a NUL in the topic", state: none, calls: () => [create({ topic: "a\0b" })], ...invalid },
  { name: "a topic that is too long", state: none, calls: () => [create({ topic: "x".repeat(2_001) })], ...invalid },
  {
    name: "steps elsewhere that are none or named twice",
    state: none,
    calls: () => [create({ remoteSteps: ["writer", "writer", "approval"] })],
    ...invalid,
  },

  {
    name: "one that waits for approval",
    state: approval,
    calls: ({ id }) => [{ operation: "getWorkflow", id }],
    ...ok,
  },
  {
    name: "one that waits for a callback",
    state: callback,
    calls: ({ id }) => [{ operation: "getWorkflow", id }],
    ...ok,
  },
  { name: "one that is completed", state: "completed", calls: ({ id }) => [{ operation: "getWorkflow", id }], ...ok },
  { name: "one that failed", state: "failed", calls: ({ id }) => [{ operation: "getWorkflow", id }], ...ok },
  { name: "one that there is not", state: none, calls: ({ id }) => [{ operation: "getWorkflow", id }], ...notFound },
  { name: "an id that is none", state: none, calls: () => [{ operation: "getWorkflow", id: "a.b" }], ...invalid },

  {
    name: "those of a status",
    state: "rejected",
    calls: () => [{ operation: "listWorkflows", status: "timed_out" }],
    ...ok,
  },
  {
    name: "a cursor of nobody",
    state: none,
    calls: () => [{ operation: "listWorkflows", cursor: "x" }],
    ...{ ...invalid, code: "InvalidCursor" },
  },
  { name: "a limit of 0", state: none, calls: () => [{ operation: "listWorkflows", limit: 0 }], ...invalid },
  { name: "a limit above 100", state: none, calls: () => [{ operation: "listWorkflows", limit: 101 }], ...invalid },
  {
    name: "a status that is none",
    state: none,
    calls: () => [{ operation: "listWorkflows", status: "lost" }],
    ...invalid,
  },

  { name: "approved", state: approval, calls: ({ id }, { ada }) => [decide(id, ada)], ...ok },
  {
    name: "rejected without a reason",
    state: approval,
    calls: ({ id }, { ada: token }) => [{ operation: "decideWorkflow", id, decision: "reject", token }],
    ...ok,
  },
  {
    name: "the very same decision again",
    state: approval,
    calls: ({ id }, { ada: token }) => [
      decide(id, token, { decision: "reject" }),
      decide(id, token, { decision: "reject" }),
    ],
    ...ok,
  },
  {
    name: "another decision by the same",
    state: "rejected",
    calls: ({ id }, { ada }) => [decide(id, ada)],
    ...conflict("AlreadyDecided"),
  },
  {
    name: "a second approver",
    state: "completed",
    calls: ({ id }, { bob }) => [decide(id, bob)],
    ...conflict("AlreadyDecided"),
  },
  {
    name: "a decision after the time for it",
    state: "timed_out",
    calls: ({ id }, { ada }) => [decide(id, ada)],
    ...conflict("ApprovalTimedOut"),
  },
  {
    name: "a decision that nobody asked for",
    state: callback,
    calls: ({ id }, { ada }) => [decide(id, ada)],
    ...conflict("NotWaitingForApproval"),
  },
  {
    name: "a decision without a token",
    state: approval,
    calls: ({ id }) => [decide(id, undefined)],
    ...unauthenticated,
  },
  {
    name: "a decision with a token that is none",
    state: approval,
    calls: ({ id }) => [decide(id, "Bearer x")],
    ...unauthenticated,
  },
  {
    name: "a decision without the claim",
    state: approval,
    calls: ({ id }, { reader }) => [decide(id, reader)],
    ...{ code: "Forbidden", http: 403, grpc: "PERMISSION_DENIED" },
  },
  { name: "a decision on none", state: none, calls: ({ id }, { ada }) => [decide(id, ada)], ...notFound },
  {
    name: "a reason that is too long",
    state: approval,
    calls: ({ id }, { ada }) => [decide(id, ada, { reason: "x".repeat(4_001) })],
    ...invalid,
  },

  { name: "a result", state: callback, calls: (subject) => [report(subject)], ...ok },
  { name: "the same result again", state: callback, calls: (subject) => [report(subject), report(subject)], ...ok },
  {
    name: "another result after it",
    state: callback,
    calls: (subject) => [report(subject), report(subject, { text: "# Other" })],
    ...conflict("StepFinished"),
  },
  {
    name: "a failure",
    state: callback,
    calls: ({ id, callbackToken }) => [
      { operation: "reportStep", id, step: "researcher", callbackToken, error: { code: "NoSources", message: "none" } },
    ],
    ...ok,
  },
  {
    name: "a wrong token",
    state: callback,
    calls: (subject) => [report(subject, { callbackToken: "guess" })],
    ...{ code: "WrongCallbackToken", http: 403, grpc: "PERMISSION_DENIED" },
  },
  {
    name: "a step that is not elsewhere",
    state: callback,
    calls: (subject) => [report(subject, { step: "writer" })],
    ...{ code: "WrongCallbackToken", http: 403, grpc: "PERMISSION_DENIED" },
  },
  {
    name: "neither result nor failure",
    state: callback,
    calls: ({ id, callbackToken }) => [{ operation: "reportStep", id, step: "researcher", callbackToken }],
    ...invalid,
  },
  {
    name: "a result of none",
    state: none,
    calls: (subject) => [report({ ...subject, callbackToken: "t" })],
    ...notFound,
  },

  { name: "cancelled", state: approval, calls: ({ id }) => [{ operation: "cancelWorkflow", id }], ...ok },
  {
    name: "cancelled again",
    state: "cancelled",
    calls: ({ id }, { ada: token }) => [{ operation: "cancelWorkflow", id, token }],
    ...ok,
  },
  {
    name: "cancelled when it has ended",
    state: "completed",
    calls: ({ id }) => [{ operation: "cancelWorkflow", id }],
    ...conflict("AlreadyFinished"),
  },
  {
    name: "cancelled with a token that is none",
    state: approval,
    calls: ({ id }) => [{ operation: "cancelWorkflow", id, token: "Bearer x" }],
    ...unauthenticated,
  },
  { name: "cancelling none", state: none, calls: ({ id }) => [{ operation: "cancelWorkflow", id }], ...notFound },

  { name: "the report", state: "completed", calls: ({ id }) => [{ operation: "getReport", id }], ...ok },
  {
    name: "the report's text",
    state: "completed",
    calls: ({ id }) => [{ operation: "getReport", id, content: true }],
    ...ok,
  },
  {
    name: "the text of a report that is not ready",
    state: approval,
    calls: ({ id }) => [{ operation: "getReport", id, content: true }],
    ...conflict("ReportNotReady"),
  },
  {
    name: "a report that is not ready",
    state: approval,
    calls: ({ id }) => [{ operation: "getReport", id }],
    ...conflict("ReportNotReady"),
  },
  {
    name: "a report that is gone",
    state: "completed, its report gone",
    calls: ({ id }) => [{ operation: "getReport", id }],
    ...{ code: "ReportExpired", http: 410, grpc: "NOT_FOUND" },
  },

  { name: "what has ended", state: "timed_out", calls: ({ id }) => [{ operation: "watchWorkflow", id }], ...ok },
  { name: "watching none", state: none, calls: ({ id }) => [{ operation: "watchWorkflow", id }], ...notFound },
];
