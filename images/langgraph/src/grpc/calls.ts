import { randomUUID } from "node:crypto";
import {
  AgentError,
  continueTrace,
  currentIds,
  type Logger,
  type Metrics,
  type WorkIds,
  withIds,
} from "@agentorchestrator/shared";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor, type StreamResponse } from "@connectrpc/connect";
import { answered } from "./answered.ts";
import { grpcError } from "./errors.ts";
import { Health } from "./gen/grpc/health/v1/health_pb.ts";

export interface CallOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Longest time of a call that is no stream; a client's own deadline may be shorter. */
  readonly timeoutMs: number;
}

/**
 * What surrounds each call: its ids, its deadline, its log line and, where it changes something, its metrics, and its errors as
 * the client is told them.
 */
export function calls({ log, metrics, timeoutMs }: CallOptions): Interceptor {
  return (next) => async (request) => {
    if (request.service.typeName === Health.typeName) return next(request);
    const ids = idsOf(request.header);
    const operation = `gRPC ${request.method.name}`;
    const started = performance.now();

    const ended = (error?: ConnectError) => {
      const milliseconds = Math.round(performance.now() - started);
      const code = error && Code[error.code];
      if (request.method.idempotency !== MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS) {
        metrics.record({
          operation,
          milliseconds,
          status: outcomeOf(error),
          ...(code !== undefined && { error: code }),
        });
      }
      log.info({ operation, milliseconds, grpcStatus: code ?? "OK" }, "call ended");
    };
    const failed = (cause: unknown): ConnectError => {
      const error = told(cause, request.signal, ids.requestId, log);
      ended(error);
      return error;
    };

    return continueTrace(Object.fromEntries(request.header), ids, async () => {
      try {
        const answer = next(request);
        const response = await (request.stream ? answer : answered(timeoutMs, request.signal, answer));
        response.header.set("x-request-id", ids.requestId);
        if (response.stream) return { ...response, message: watched(response.message, currentIds(), ended, failed) };
        ended();
        return response;
      } catch (error) {
        throw failed(error);
      }
    });
  };
}

/** A stream's messages, each asked for with the call's ids, which a generator would forget; its end is reported once. */
async function* watched(
  messages: StreamResponse["message"],
  ids: WorkIds,
  ended: (error?: ConnectError) => void,
  failed: (cause: unknown) => ConnectError,
): StreamResponse["message"] {
  const iterator = messages[Symbol.asyncIterator]();
  let open = true;
  try {
    while (true) {
      const { done, value } = await withIds(ids, () => iterator.next());
      if (done) break;
      yield value;
    }
    open = false;
    withIds(ids, ended);
  } catch (error) {
    open = false;
    throw withIds(ids, () => failed(error));
  } finally {
    if (open) {
      await iterator.return?.();
      withIds(ids, () => ended(gone()));
    }
  }
}

const gone = () => new ConnectError("the client went", Code.Canceled);

/** Who serves a call is told by the client's ids, or by new ones; what is no id is not repeated. */
export function idsOf(header: Headers): WorkIds & { requestId: string } {
  const given = (name: string) => header.get(name)?.match(/^[\w.:@/+-]{1,128}$/)?.[0];
  const sessionId = given("x-session-id");
  return { requestId: given("x-request-id") ?? randomUUID(), ...(sessionId !== undefined && { sessionId }) };
}

function told(cause: unknown, signal: AbortSignal, requestId: string, log: Logger): ConnectError {
  if (cause instanceof ConnectError) return cause;
  if (signal.aborted && cause === signal.reason) return gone();
  if (cause instanceof AgentError) {
    log[cause.status < 500 ? "info" : "warn"]({ err: cause }, "call failed");
    return grpcError(cause, requestId);
  }
  log.error({ err: cause }, "call failed by an error that nobody expected");
  const message = `something unexpected went wrong: the logs have it under request_id ${requestId}`;
  return grpcError(new AgentError("InternalError", message, { status: 500, cause }), requestId);
}

function outcomeOf(error: ConnectError | undefined): "completed" | "failed" | "cancelled" | "refused" {
  switch (error?.code) {
    case undefined:
      return "completed";
    case Code.Canceled:
      return "cancelled";
    case Code.Internal:
    case Code.Unknown:
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.DataLoss:
      return "failed";
    default:
      return "refused";
  }
}
