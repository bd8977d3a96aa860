import { AgentError } from "@agentorchestrator/shared";
import type { CallbackReport, NewWorkflow } from "./workflow.ts";

/** Most characters of each text. What is longer belongs into the bucket of artifacts. */
export const limits = {
  topic: 2_000,
  instructions: 20_000,
  sessionId: 200,
  idempotencyKey: 255,
  reason: 4_000,
  resultText: 400_000,
  errorCode: 100,
  errorMessage: 4_000,
} as const;

/** @throws AgentError 400 InvalidWorkflow */
export function checkNewWorkflow(input: NewWorkflow, idempotencyKey: string | undefined): void {
  check("InvalidWorkflow", "topic", input.topic, limits.topic);
  if (input.instructions !== undefined) {
    check("InvalidWorkflow", "instructions", input.instructions, limits.instructions);
  }
  if (input.sessionId !== undefined) check("InvalidWorkflow", "sessionId", input.sessionId, limits.sessionId);
  if (idempotencyKey !== undefined) {
    check("InvalidWorkflow", "the idempotency key", idempotencyKey, limits.idempotencyKey);
  }
}

/** @throws AgentError 400 InvalidReason */
export function checkReason(reason: string | null): void {
  if (reason !== null) check("InvalidReason", "reason", reason, limits.reason);
}

/** @throws AgentError 400 InvalidReport */
export function checkReport({ result, error }: CallbackReport): void {
  if ((result === undefined) === (error === undefined)) {
    throw invalid("InvalidReport", "a report holds either result or error, and this one holds both or neither");
  }
  if (result) check("InvalidReport", "result.text", result.text, limits.resultText);
  if (error) {
    check("InvalidReport", "error.code", error.code, limits.errorCode);
    check("InvalidReport", "error.message", error.message, limits.errorMessage);
  }
}

/** PostgreSQL's text holds every character but NUL. */
function check(code: string, name: string, text: string, most: number): void {
  if (text.trim() === "") throw invalid(code, `${name} is blank`);
  if (text.length > most) throw invalid(code, `${name} has ${text.length} characters and may have ${most}`);
  if (text.includes("\0")) throw invalid(code, `${name} holds a NUL character`);
}

const invalid = (code: string, message: string) => new AgentError(code, message, { status: 400 });
