import { once } from "node:events";
import type { FastifyReply, FastifyRequest } from "fastify";
import { agentErrorOf, logError } from "./error-handler.ts";
import { AgentError, bodyOf } from "./errors.ts";

/** Load balancers cut what is silent for 60 s. */
const HEARTBEAT_MS = 15_000;

/**
 * Streams server-sent events: `emit(event, data)` sends `data` as JSON and resolves when the client may take more.
 * While nothing is emitted a comment line keeps the connection, by default each 15 s. `signal` is request.signal: when
 * the client is gone (or the time is up, or the task ends) it fires and `emit` rejects with its reason. An error before
 * anything was sent is answered as on any route; after that as the event `error` {code, message, retryable}. The stream
 * ends when `produce` does. Routes that stream should have `config: { timeoutSeconds: 0 }` or a long time.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  options: { heartbeatMs?: number },
  produce: (emit: (event: string, data: unknown) => Promise<void>, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal } = request;
  const raw = reply.raw;
  const start = () => {
    if (raw.headersSent) return;
    reply.hijack();
    raw.writeHead(200, headersOf(request, reply));
    raw.flushHeaders();
  };
  const emit = async (event: string, data: unknown) => {
    signal.throwIfAborted();
    start();
    beat.refresh();
    if (!raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await drained(reply, signal);
  };
  const beat = setInterval(() => {
    start();
    if (!raw.writableNeedDrain && !raw.destroyed) raw.write(": heartbeat\n\n");
  }, options.heartbeatMs ?? HEARTBEAT_MS);
  try {
    await produce(emit, signal);
    start();
  } catch (error) {
    if (!raw.headersSent) throw error;
    tell(error, request, reply);
  } finally {
    clearInterval(beat);
    if (raw.headersSent) raw.end();
  }
}

function headersOf(request: FastifyRequest, reply: FastifyReply): Record<string, string> {
  const set = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]);
  return {
    ...Object.fromEntries(set),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    ...(request.server.lifecycle.draining.aborted && { connection: "close" }),
  };
}

async function drained(reply: FastifyReply, signal: AbortSignal): Promise<void> {
  try {
    await once(reply.raw, "drain", { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function tell(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = agentErrorOf(thrown, request, 0);
  if (error.code === "ClientGone") return;
  request.work.failed = error;
  logError(error, request);
  const { code, message, retryable, details } = bodyOf(error, request.id).error;
  if (reply.raw.destroyed) return;
  reply.raw.write(
    `event: error\ndata: ${JSON.stringify({ code, message, retryable, details, requestId: request.id })}\n\n`,
  );
}

/** For clients of streams: the error that an `error` event tells. */
export function errorOfEvent(data: unknown): AgentError {
  const { code, message, retryable } = (data ?? {}) as { code?: unknown; message?: unknown; retryable?: unknown };
  return new AgentError(
    typeof code === "string" ? code : "StreamFailed",
    typeof message === "string" ? message : "the stream failed",
    {
      status: 502,
      retryable: retryable === true,
    },
  );
}
