import type { FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { AgentError, bodyOf } from "./errors.ts";
import { inWork } from "./request.ts";

/**
 * What a client is told of whatever was thrown: AgentErrors as they are, bad input as 400 with the fields' paths, too
 * much as 413, and anything else as 500 without its inside, which is in the logs.
 */
export function agentErrorOf(error: unknown, request: FastifyRequest, maxBodyBytes: number): AgentError {
  if (error instanceof AgentError) return error;
  const { signal } = request;
  if (signal.aborted && signal.reason instanceof AgentError) return signal.reason;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const place = error.validationContext === "querystring" ? "query" : (error.validationContext ?? "request");
    const fields = error.validation.map(({ instancePath, message }) => ({
      path: `${place}${instancePath.replaceAll("/", ".")}`,
      message: message ?? "is wrong",
    }));
    const told = fields.map(({ path, message }) => `${path}: ${message}`).join("; ");
    return new AgentError("InvalidRequest", `the request is refused: ${told}`, {
      status: 400,
      details: { fields },
      cause: error,
    });
  }
  return fastifyError(error, maxBodyBytes) ?? internalError(error, request);
}

function fastifyError(error: unknown, maxBodyBytes: number): AgentError | undefined {
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const told = `the body is larger than ${maxBodyBytes} bytes: send less, or raise MAX_BODY_BYTES`;
    return new AgentError("BodyTooLarge", told, { status: 413, cause: error });
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const told = "the body's content type is not taken: send content-type: application/json";
    return new AgentError("UnsupportedMediaType", told, { status: 415, cause: error });
  }
  if (
    code === "FST_ERR_CTP_INVALID_JSON_BODY" ||
    code === "FST_ERR_CTP_EMPTY_JSON_BODY" ||
    error instanceof SyntaxError
  ) {
    if (statusCode !== 400) return undefined;
    return new AgentError("InvalidJson", "the body is not valid JSON", { status: 400, cause: error });
  }
  if (typeof code === "string" && code.startsWith("FST_") && typeof statusCode === "number" && statusCode < 500) {
    return new AgentError("InvalidRequest", `the request is refused: ${String(message)}`, {
      status: statusCode,
      cause: error,
    });
  }
  return undefined;
}

function internalError(error: unknown, request: FastifyRequest): AgentError {
  const message = `something unexpected went wrong: the logs have it under request_id ${request.id}`;
  return new AgentError("InternalError", message, { status: 500, cause: error });
}

/** Answers with the error. */
export function answerError(error: AgentError, request: FastifyRequest, reply: FastifyReply): void {
  request.work.failed = error;
  logError(error, request);
  if (error.retryAfterSeconds !== undefined)
    reply.header("retry-after", Math.max(1, Math.ceil(error.retryAfterSeconds)));
  if (error.status === 401) reply.header("www-authenticate", "Bearer");
  void reply.status(error.status).send(bodyOf(error, request.id));
}

/** Failures of ours with stack and causes; what was the client's fault is in the request's own line. */
export function logError(error: AgentError, request: FastifyRequest): void {
  if (error.status < 500) return;
  const level = error.status === 500 ? "error" : "warn";
  const where = `${request.method} ${request.routeOptions.url ?? "(no route)"}`;
  inWork(request, () => request.log[level]({ err: error }, `${where} failed: ${error.code}`));
}
