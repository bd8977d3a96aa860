import { AgentError, errorBody } from "./errors.ts";

/** The request did not leave: the name is unknown, nobody listens, or the connection was not made in time. */
const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"];
const TOO_LATE = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"];

/** What a failed exchange with a peer is called; `what` names the call. */
export function failureOf(error: unknown, what: string): AgentError {
  const code = codeOf(error);
  if (TOO_LATE.includes(code)) {
    return new AgentError("PeerTimeout", `${what} did not answer in time`, { status: 504, cause: error });
  }
  const reason = code === "" ? "" : ` (${code})`;
  const message = NEVER_SENT.includes(code)
    ? `${what} cannot be reached${reason}: see that it runs, and that this agent uses it`
    : `${what} was cut off${reason}`;
  return new AgentError("PeerUnavailable", message, { status: 503, cause: error });
}

/** What an answer from 300 on is called. */
export function refusalOf(what: string, status: number, retryAfter: unknown, body: unknown): AgentError {
  const told = errorBody.safeParse(body);
  const peer = told.success
    ? { status, code: told.data.error.code, message: told.data.error.message, requestId: told.data.error.requestId }
    : { status };
  const message = `${what} answered ${status}${told.success ? ` ${peer.code}: ${peer.message}` : ""}`;
  const seconds = typeof retryAfter === "string" && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const details = { peer };
  const wait = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  if (status === 503) return new AgentError("PeerUnavailable", message, { status: 503, details, ...wait });
  if (status === 504) return new AgentError("PeerTimeout", message, { status: 504, details });
  if (status >= 400 && status < 500) {
    const retryable = told.success ? told.data.error.retryable : status === 429;
    return new AgentError("PeerRefused", message, { status, retryable, details, ...wait });
  }
  return new AgentError("PeerFailed", message, { status: 502, retryable: status === 502, details, ...wait });
}

/** Whether the same request may be sent again: it never left, or it is idempotent and the failure passes. */
export function mayRepeat(
  failure: AgentError,
  request: { method: string; idempotencyKey?: string | undefined },
): boolean {
  if (NEVER_SENT.includes(codeOf(failure.cause))) return true;
  const idempotent = request.method !== "POST" || request.idempotencyKey !== undefined;
  if (!idempotent) return false;
  const status = (failure.details as { peer?: { status?: number } } | undefined)?.peer?.status;
  if (status !== undefined) return [429, 502, 503, 504].includes(status);
  // Cut before an answer came. One that was too late is not asked for again: the time is spent.
  return failure.code === "PeerUnavailable";
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as { code?: unknown };
  if (error instanceof AggregateError && typeof code !== "string") return codeOf(error.errors[0]);
  if (typeof code === "string" && !(error instanceof AgentError)) return code;
  return codeOf(error.cause);
}
