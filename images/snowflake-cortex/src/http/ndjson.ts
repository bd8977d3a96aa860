import { once } from "node:events";
import { AgentError, bodyOf } from "@agentorchestrator/shared";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Load balancers cut what is silent for 60 s. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends each value as a line of JSON (application/x-ndjson) as fast as the client takes them. An error before the first
 * line is answered as on any route, later as the last line {"error": …}. While a line is waited for after a while,
 * {"heartbeat": true} keeps the connection. The generator is ended when the client goes.
 */
export async function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  lines: AsyncGenerator<unknown>,
  heartbeatMs: number = HEARTBEAT_MS,
): Promise<void> {
  const { raw } = reply;
  const { signal } = request;
  const write = async (value: unknown) => {
    start(reply);
    if (!raw.write(`${JSON.stringify(value)}\n`)) await once(raw, "drain", { signal });
  };
  const beat = setInterval(() => {
    start(reply);
    if (!raw.writableNeedDrain && !raw.destroyed) raw.write('{"heartbeat":true}\n');
  }, heartbeatMs);
  try {
    for await (const line of lines) {
      beat.refresh();
      await write(line);
    }
  } catch (thrown) {
    const error = signal.aborted ? signal.reason : thrown;
    if (!raw.headersSent) throw error;
    tell(request, reply, error);
  } finally {
    clearInterval(beat);
    if (raw.headersSent) raw.end();
  }
}

function start(reply: FastifyReply): void {
  const { raw, request } = reply;
  if (raw.headersSent) return;
  reply.hijack();
  raw.writeHead(200, {
    "content-type": "application/x-ndjson; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-request-id": request.id,
  });
}

function tell(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
  const unexpected = () =>
    new AgentError("InternalError", `the result broke off: the logs have it under request_id ${request.id}`, {
      status: 500,
    });
  const error = thrown instanceof AgentError ? thrown : unexpected();
  if (error.code === "ClientGone") return;
  request.work.failed = error;
  request.log.warn({ err: thrown }, "a streamed result broke off");
  if (!reply.raw.destroyed) reply.raw.write(`${JSON.stringify(bodyOf(error, request.id))}\n`);
}
