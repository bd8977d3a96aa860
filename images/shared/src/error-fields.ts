import { redactFields } from "./redact.ts";

/** Causes deeper than this say nothing more. */
const DEEPEST_CAUSE = 5;

/** An error as log lines show it: name, code, message, stack, and its causes; of its other fields none. */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return redactFields(error);
  const { code, details } = error as { code?: unknown; details?: unknown };
  return {
    type: error.name,
    ...((typeof code === "string" || typeof code === "number") && { code }),
    message: error.message,
    ...(details !== undefined && { details: redactFields(details) }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < DEEPEST_CAUSE && { cause: errorFields(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, DEEPEST_CAUSE).map((one) => errorFields(one, depth + 1)),
    }),
  };
}
