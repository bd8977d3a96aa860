import { z } from "zod";
import { redactFields, redactText } from "./redact.ts";

export interface AgentErrorOptions {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Whether the same request may succeed later; default: 429, 502, 503 and 504 are. */
  readonly retryable?: boolean;
  /** Sent as Retry-After, rounded up to whole seconds. */
  readonly retryAfterSeconds?: number;
  /** Plain data that helps the caller; fields with a secret's name are left out. */
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A failure that a client is told: a stable code, and a message that says what is wrong, where, and what to do. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly details: unknown;

  constructor(code: string, message: string, options: AgentErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryable = options.retryable ?? [429, 502, 503, 504].includes(options.status);
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }
}

/** Body of every answer from 400 on. */
export const errorBody = z
  .object({
    error: z.object({
      code: z.string().describe("Stable: programs may depend on it."),
      message: z.string().describe("What is wrong, where, and what to do."),
      retryable: z.boolean().describe("Whether the same request may succeed later."),
      details: z.unknown().optional(),
      requestId: z.string().describe("The same as in x-request-id and in the logs."),
    }),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.output<typeof errorBody>;

/** Response schemas for a route: `response: { 200: …, ...errorAnswers(400, 404, 503) }`. */
export function errorAnswers<const S extends number>(...statuses: S[]): Record<S, typeof errorBody> {
  return Object.fromEntries(statuses.map((status) => [status, errorBody])) as Record<S, typeof errorBody>;
}

/** What a client is told of `error`. */
export function bodyOf(error: AgentError, requestId: string): ErrorBody {
  const { code, message, retryable, details } = error;
  return {
    error: {
      code,
      message: redactText(message),
      retryable,
      ...(details !== undefined && { details: cleanDetails(details) }),
      requestId,
    },
  };
}

function cleanDetails(details: unknown): unknown {
  return JSON.parse(redactText(JSON.stringify(redactFields(details)) ?? "null"));
}
