import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Context, context } from "@opentelemetry/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AgentError } from "./errors.ts";
import { type WorkIds, withIds } from "./ids.ts";
import { redactText } from "./redact.ts";
import { traceOf } from "./tracing.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Longest time of this route's requests; 0 is none, for streams. Default REQUEST_TIMEOUT_SECONDS. */
    timeoutSeconds?: number;
    /** Answered even at the limit of concurrent requests, and no metric: probes. */
    unlimited?: boolean;
  }
  interface FastifyRequest {
    /** Ids and trace of this request, and what ends it. */
    work: RequestWork;
  }
}

export interface RequestWork {
  readonly ids: WorkIds;
  readonly trace: Context;
  readonly controller: AbortController;
  readonly began: number;
  /** Code of the error that the client was told, also within a stream. */
  failed?: { readonly code: string; readonly status: number; readonly message: string };
}

/** After its signal fired at the time limit, a handler has this long to answer by itself. */
const TIMEOUT_GRACE_MS = 100;
/** A connection on which nothing moved for this long beyond the request's time is cut. */
const IDLE_MARGIN_MS = 15_000;
/** Streams have heartbeats: one that moves nothing for this long has a client that no longer reads. */
const STREAM_IDLE_MS = 60_000;

const ID = /^[\w.:@/+-]{1,128}$/;

/** x-request-id of the caller where it is usable, or a new id. */
export function requestIdOf(message: IncomingMessage): string {
  return usable(message.headers["x-request-id"]) ?? randomUUID();
}

/** What is fit to stand in every log line: short, of plain characters, and no secret that got into the wrong header. */
function usable(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" && ID.test(header) && redactText(header) === header ? header : undefined;
}

/**
 * Gives the request its ids and its signal, which aborts when the client goes before the answer is whole (499
 * ClientGone), or when the time is up (504 RequestTimeout); never after a normal end.
 */
export function beginWork(request: FastifyRequest, reply: FastifyReply, defaultTimeoutSeconds: number): RequestWork {
  const { context: parent, traceId } = traceOf(request.headers);
  const sessionId = usable(request.headers["x-session-id"]);
  const workflowId = usable(request.headers["x-workflow-id"]);
  const ids: WorkIds = {
    traceId,
    requestId: request.id,
    ...(sessionId !== undefined && { sessionId }),
    ...(workflowId !== undefined && { workflowId }),
  };
  const controller = new AbortController();
  const work: RequestWork = { ids, trace: parent, controller, began: performance.now() };
  request.work = work;
  // Fastify's own fires at a normal end too and says no reason.
  Object.defineProperty(request, "signal", { value: controller.signal });
  const seconds = request.routeOptions.config.timeoutSeconds ?? defaultTimeoutSeconds;
  request.raw.socket.setTimeout(seconds === 0 ? STREAM_IDLE_MS : seconds * 1_000 + IDLE_MARGIN_MS);
  const timer = seconds === 0 ? undefined : setTimeout(() => timeOut(reply, controller, seconds), seconds * 1_000);
  reply.raw.once("close", () => {
    clearTimeout(timer);
    if (reply.raw.writableFinished) return;
    controller.abort(new AgentError("ClientGone", "the client went before its answer was whole", { status: 499 }));
  });
  return work;
}

function timeOut(reply: FastifyReply, controller: AbortController, seconds: number): void {
  const message = `the request took longer than ${seconds} s: ask for less, or stream, or raise REQUEST_TIMEOUT_SECONDS`;
  const error = new AgentError("RequestTimeout", message, { status: 504 });
  controller.abort(error);
  setTimeout(() => {
    if (!reply.sent && !reply.raw.headersSent && !reply.raw.destroyed) void reply.send(error);
  }, TIMEOUT_GRACE_MS).unref();
}

/** Runs `step` as part of the request's work: its ids in logs, its trace as parent. */
export function inWork<T>(request: FastifyRequest, step: () => T): T {
  return context.with(request.work.trace, () => withIds(request.work.ids, step));
}
