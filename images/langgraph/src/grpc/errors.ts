import { type AgentError, bodyOf } from "@agentorchestrator/shared";
import { Code, ConnectError } from "@connectrpc/connect";
import { z } from "zod";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.ts";

/** ErrorInfo.domain: whose codes `reason` names. */
export const ERROR_DOMAIN = "langgraph.agentorchestrator.io";

/**
 * The gRPC status for an HTTP one, by https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto. 409 is
 * a state that the call does not fit, unless the same call may succeed later: then it lost against another one.
 */
export function codeOf(error: Pick<AgentError, "status" | "retryable">): Code {
  switch (error.status) {
    case 401:
      return Code.Unauthenticated;
    case 403:
      return Code.PermissionDenied;
    case 404:
    case 410:
      return Code.NotFound;
    case 408:
    case 504:
      return Code.DeadlineExceeded;
    case 409:
      return error.retryable ? Code.Aborted : Code.FailedPrecondition;
    case 412:
      return Code.FailedPrecondition;
    case 413:
    case 429:
      return Code.ResourceExhausted;
    case 499:
      return Code.Canceled;
    case 501:
      return Code.Unimplemented;
    case 502:
    case 503:
      // UNAVAILABLE is tried again by itself: not where somebody has to change something first.
      return error.retryable ? Code.Unavailable : Code.FailedPrecondition;
    default:
      return error.status < 500 ? Code.InvalidArgument : Code.Internal;
  }
}

/**
 * The status that a client is told, with what the HTTP API says in the body: ErrorInfo (reason: the code; metadata:
 * requestId, retryable, details as JSON), RetryInfo, BadRequest.
 */
export function grpcError(error: AgentError, requestId: string): ConnectError {
  const { code: reason, message, retryable, details } = bodyOf(error, requestId).error;
  const status = new ConnectError(message, codeOf(error), { "x-request-id": requestId });
  const metadata = {
    requestId,
    retryable: String(retryable),
    ...(details !== undefined && { details: JSON.stringify(details) }),
  };
  status.details.push({ desc: ErrorInfoSchema, value: { reason, domain: ERROR_DOMAIN, metadata } });
  if (error.retryAfterSeconds !== undefined) {
    const seconds = BigInt(Math.ceil(error.retryAfterSeconds));
    status.details.push({ desc: RetryInfoSchema, value: { retryDelay: { seconds } } });
  }
  const fieldViolations = fieldsOf(details).map(({ path, message }) => ({ field: path, description: message }));
  if (fieldViolations.length > 0) status.details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  return status;
}

const invalidRequest = z.object({ fields: z.array(z.object({ path: z.string(), message: z.string() })) });

const fieldsOf = (details: unknown) => invalidRequest.safeParse(details).data?.fields ?? [];
