import { AgentError, type AgentErrorOptions } from "@agentorchestrator/shared";

/** What was called, for messages. */
export interface Subject {
  readonly kind: "model" | "agent";
  readonly name: string;
  readonly region: string;
}

interface Shape {
  readonly code: string;
  readonly status: number;
  readonly retryable: boolean;
  readonly retryAfterSeconds?: number;
  readonly remedy: string;
  /** Whether AWS's own words are for the caller: where they name roles or resources of the account they are for the log. */
  readonly quote?: true;
  /** Otherwise what is said before the name of what was called. */
  readonly says?: string;
}

const configuration = (subject: Subject): string =>
  subject.kind === "model" ? "spec.agents[].bedrock.models" : "BEDROCK_AGENTS";

/**
 * Bedrock's errors by name, as API_runtime_Converse, API_agent-runtime_InvokeAgent and the user guide's
 * "Troubleshooting Amazon Bedrock API Error Codes" list them. A refusal of the front door's own credentials is a 502, not
 * a 403: the caller's are not what is wrong.
 */
const shapes: Readonly<Record<string, (subject: Subject) => Shape>> = {
  ThrottlingException: () => ({
    code: "Throttled",
    status: 429,
    retryable: true,
    retryAfterSeconds: 2,
    remedy: "try again later; when it stays, raise the quota of the model in Service Quotas",
    quote: true,
  }),
  ServiceQuotaExceededException: () => ({
    code: "QuotaExceeded",
    status: 429,
    retryable: false,
    remedy: "raise the quota in Service Quotas",
    quote: true,
  }),
  AccessDeniedException: (subject) => ({
    code: subject.kind === "model" ? "ModelAccessDenied" : "AgentAccessDenied",
    status: 502,
    retryable: false,
    says: "access is not granted to",
    remedy:
      subject.kind === "model"
        ? `grant the account access to the model in Bedrock's console in ${subject.region}, and name it in ${configuration(subject)}, from which the task's role is made`
        : "set bedrock.invokeAgents: true for this agent, from which the task's role is made",
  }),
  ResourceNotFoundException: (subject) => ({
    code: subject.kind === "model" ? "ModelNotFound" : "AgentNotFound",
    status: 502,
    retryable: false,
    says: "Bedrock has no such thing as",
    remedy: `see that it exists in ${subject.region} and is what ${configuration(subject)} names`,
  }),
  ValidationException: () => ({
    code: "RefusedByBedrock",
    status: 400,
    retryable: false,
    remedy: "correct the request",
    quote: true,
  }),
  ConflictException: () => ({
    code: "SessionConflict",
    status: 409,
    retryable: true,
    retryAfterSeconds: 1,
    says: "there is a conflict in the session of",
    remedy: "another request of the same session is at work: wait for its end",
  }),
  ModelNotReadyException: () => ({
    code: "ModelNotReady",
    status: 503,
    retryable: true,
    retryAfterSeconds: 10,
    says: "Bedrock is not ready with",
    remedy: "it is being loaded: try again",
  }),
  ModelTimeoutException: () => ({
    code: "ModelTimeout",
    status: 504,
    retryable: true,
    says: "time ran out for",
    remedy: "try again, or ask for less: a shorter input or fewer maxTokens",
  }),
  ModelErrorException: () => ({
    code: "ModelFailed",
    status: 502,
    retryable: true,
    says: "an error ended the work of",
    remedy: "try again",
  }),
  ModelStreamErrorException: () => ({
    code: "ModelFailed",
    status: 502,
    retryable: true,
    says: "an error ended the answer of",
    remedy: "try again",
  }),
  DependencyFailedException: () => ({
    code: "AgentDependencyFailed",
    status: 502,
    retryable: false,
    says: "a dependency failed of",
    remedy: "see the logs of what the Bedrock agent uses: its action groups and knowledge bases",
  }),
  BadGatewayException: () => ({
    code: "AgentDependencyFailed",
    status: 502,
    retryable: true,
    says: "a dependency failed of",
    remedy: "try again; when it stays, see what the Bedrock agent uses",
  }),
  InternalServerException: () => ({ code: "BedrockFailed", status: 502, retryable: true, remedy: "try again" }),
  ServiceUnavailableException: () => ({
    code: "BedrockUnavailable",
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    says: "Bedrock is not available for",
    remedy: "try again",
  }),
};

const credentials = new Set([
  "CredentialsProviderError",
  "ExpiredTokenException",
  "ExpiredToken",
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "InvalidClientTokenId",
  "MissingAuthenticationTokenException",
]);

/** An exception that the SDK has no class for in streams comes under its member's name, which begins in lower case. */
const nameOf = ({ name }: Error): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Seconds that Bedrock asks to wait, where it says so. */
function retryAfterOf(error: Error): number | undefined {
  const headers = (error as { $response?: { headers?: Record<string, string> } }).$response?.headers;
  const seconds = Number(headers?.["retry-after"] ?? Number.NaN);
  return seconds >= 0 && seconds <= 3_600 ? seconds : undefined;
}

/** What a client is told of an error of Bedrock's SDK. */
export function bedrockError(error: unknown, subject: Subject): AgentError {
  const cause = error instanceof Error ? error : new Error(String(error));
  const what = `${subject.kind === "model" ? "the model" : "the Bedrock agent"} ${subject.name}`;
  const shape = shapes[nameOf(cause)]?.(subject);
  if (shape) {
    const { code, status, retryable, remedy } = shape;
    const wait = status === 429 || status === 503 ? (retryAfterOf(cause) ?? shape.retryAfterSeconds) : undefined;
    const options: AgentErrorOptions = {
      status,
      retryable,
      cause,
      ...(wait !== undefined && { retryAfterSeconds: wait }),
    };
    const problem = shape.quote
      ? `${what}: ${cause.message.replace(/\.+$/, "")}`
      : `${shape.says ?? "Bedrock failed for"} ${what}`;
    return new AgentError(code, `${problem}: ${remedy}`, options);
  }
  if (credentials.has(cause.name)) {
    const message = `Bedrock takes no credentials of this agent (${cause.name}): see its task role`;
    return new AgentError("CredentialsRefused", message, { status: 503, retryable: true, cause });
  }
  const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status !== undefined && status >= 300 && isService(cause)) {
    const message = `Bedrock refused the call for ${what} (${cause.name}): see the log of the front door`;
    return new AgentError("BedrockRefused", message, { status: 502, retryable: status >= 500, cause });
  }
  const message = `the connection to Bedrock for ${what} failed (${networkCode(cause)}): try again`;
  return new AgentError("BedrockUnreachable", message, { status: 503, retryable: true, cause });
}

const isService = (error: Error): boolean => "$fault" in error;

const networkCode = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;

/** Whether the error is of this program, and not of what it called. */
export const isOurs = (error: unknown): boolean => error instanceof TypeError || error instanceof ReferenceError;

const neverRan = new Set(["ThrottlingException", "ModelNotReadyException"]);
const ranInVain = new Set([
  "InternalServerException",
  "ServiceUnavailableException",
  "ModelErrorException",
  "ModelStreamErrorException",
]);
const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * Whether the same call may be sent again when nothing of its answer was passed on. A model has no effect, so that what
 * ran in vain may run again; a Bedrock agent acts, so that only what never ran may.
 */
export function mayTryAgain(error: unknown, kind: Subject["kind"]): boolean {
  if (!(error instanceof Error) || isOurs(error)) return false;
  if (neverRan.has(nameOf(error)) || neverSent.has(networkCode(error))) return true;
  if (error.name === "TimeoutError" && /connect/i.test(error.message)) return true;
  if (kind === "agent") return false;
  const name = nameOf(error);
  const byConnection = !isService(error) && shapes[name] === undefined && !credentials.has(name);
  return ranInVain.has(name) || byConnection;
}

/** Throttling wants longer pauses than an accident. */
export function pauseBaseMs(error: unknown): number {
  return error instanceof Error && neverRan.has(nameOf(error)) ? 500 : 100;
}

/** Milliseconds that Bedrock itself asks to wait. */
export function askedPauseMs(error: unknown): number | undefined {
  const seconds = error instanceof Error ? retryAfterOf(error) : undefined;
  return seconds === undefined ? undefined : seconds * 1_000;
}
