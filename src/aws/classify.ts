import { byMessage, codes, type ErrorClass, families } from "./error-codes.ts";

export type { ErrorClass } from "./error-codes.ts";

/**
 * Only a person can help: sets the condition Stalled with this reason, and nothing is tried again until the spec (or
 * what the message names) changes. `reason` is a stable CamelCase word; `message` names field, value and remedy.
 */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Not an error: the work goes on and needs another call later, as a bucket that is emptied in steps. */
export class StillWorking extends Error {
  override readonly name = "StillWorking";
}

/** Which call of AWS an error came from. */
export interface FailedCall {
  /** IAM's prefix of the service, as "ec2", "elasticloadbalancing". */
  readonly service: string;
  readonly action: string;
  /**
   * The request may have had its effect although no answer came: a create that no token makes repeatable. Only looking
   * (by natural key or tags) tells; repeating it may make a duplicate.
   */
  readonly effectUnknown: boolean;
}

const calls = new WeakMap<object, FailedCall>();

/** Remembers the call that `error` came from, for describe() and effectUnknown(). Returns the same error. */
export function failedIn<E>(error: E, call: FailedCall): E {
  if (typeof error === "object" && error !== null) calls.set(error, call);
  return error;
}

/** The call that failed, where the error came through our clients. */
export function failedCall(error: unknown): FailedCall | undefined {
  return typeof error === "object" && error !== null ? calls.get(error) : undefined;
}

/** True when a create may have happened although no answer came. The only safe next step is to look for it. */
export function effectUnknown(error: unknown): boolean {
  return failedCall(error)?.effectUnknown ?? false;
}

const byCode: ReadonlyMap<string, ErrorClass> = new Map(
  Object.entries(codes).flatMap(([meaning, names]) => names.map((name) => [name, meaning as ErrorClass] as const)),
);

/** Error codes of Node's sockets and resolver: https://nodejs.org/api/errors.html#common-system-errors. */
const NETWORK =
  /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_HTTP2_.*|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_.*|ERR_TLS_.*)$/;

interface AwsLike {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** The error's code without the suffix that the SDK's classes and the wire disagree on. */
export function codeOf(error: unknown): string {
  const name = (error as AwsLike | undefined)?.name;
  return (name ?? "UnknownError").replace(/(?<=.)(Exception|Fault)$/, "").replace(/^Client\./, "");
}

/**
 * What an error means, decided once for all: by its name, then (for names that say several things) by its message, then
 * by HTTP status. An error that is not of AWS is "transient": it goes to backoff, and the log tells of it.
 */
export function classify(error: unknown): ErrorClass {
  if (error instanceof TerminalError) return "terminal";
  if (error instanceof StillWorking) return "busy";
  if (typeof error !== "object" || error === null) return "transient";
  const { message = "", code, cause, $fault, $metadata } = error as AwsLike;
  const name = codeOf(error);
  for (const [named, says, meaning] of byMessage) if (named.test(name) && says.test(message)) return meaning;
  const listed = byCode.get(name);
  if (listed) return listed;
  if (typeof code === "string" && NETWORK.test(code)) return "transient";
  const status = $metadata?.httpStatusCode;
  if (status === 429) return "throttle";
  if (status !== undefined && status >= 500) return "transient";
  for (const [family, meaning] of families) if (family.test(name)) return meaning;
  if (status === 401) return "credentials";
  if (status === 403) return "denied";
  if (status !== undefined && status >= 400) return "terminal";
  if ($fault === "client") return "terminal";
  if (cause !== undefined && cause !== error) return classify(cause);
  return "transient";
}

/** True only when AWS itself says that it does not exist: a failed read never is. */
export function isNotFound(error: unknown): boolean {
  return classify(error) === "notFound";
}
