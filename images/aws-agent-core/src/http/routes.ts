import { createHash, randomUUID } from "node:crypto";
import {
  type AgentServer,
  currentIds,
  errorAnswers,
  IdempotencyKeys,
  sendEvents,
  type Tokens,
} from "@agentorchestrator/shared";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { InvokeResult } from "../events.ts";
import { type Destinations, type Invocation, invoke } from "../front-door.ts";
import {
  type InvokeRequest,
  invokeHeaders,
  invokeRequest,
  invokeResult,
  routesView,
  sessionIdPattern,
} from "./schemas.ts";

export interface DoorOptions {
  readonly destinations: Destinations;
  /** Absent: whoever reaches the door may use it. */
  readonly tokens?: Tokens | undefined;
  readonly heartbeatMs?: number;
}

const tags = ["front door"];

/** POST /invoke, POST /invoke/stream and GET /routes. */
export function registerRoutes(server: AgentServer, { destinations, tokens, heartbeatMs }: DoorOptions): void {
  const answered = new IdempotencyKeys();
  const security = tokens ? { security: [{ bearer: [] }] } : {};

  server.route({
    method: "POST",
    url: "/invoke",
    schema: {
      operationId: "invoke",
      summary: "Send a request where it belongs, and wait for the answer",
      tags,
      ...security,
      headers: invokeHeaders,
      body: invokeRequest,
      response: { 200: invokeResult, ...errorAnswers(400, 401, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504) },
    },
    handler: async (request, reply) => {
      const subject = await subjectOf(tokens, request);
      const key = keyOf(request, subject);
      const work = () => invoke(destinations, { ...invocationOf(request, subject, key), streaming: false });
      const { value, replayed } = await answered.run(key, request.body, work);
      if (replayed) reply.header("idempotent-replayed", "true");
      return value;
    },
  });

  server.route({
    method: "POST",
    url: "/invoke/stream",
    config: { timeoutSeconds: 0 },
    schema: {
      operationId: "invokeStream",
      summary: "The same, with the answer as server-sent events as it comes",
      description:
        "Events: start, chunk {text}, tool {id, name, status}, trace, guardrail, returnControl, and at the end done (the " +
        "body of POST /invoke) or error {code, message, retryable}. Comment lines in between keep the connection. What is " +
        "refused before the first event has an HTTP status instead.",
      tags,
      ...security,
      headers: invokeHeaders,
      body: invokeRequest,
      response: {
        200: { description: "Server-sent events.", content: { "text/event-stream": { schema: z.string() } } },
        ...errorAnswers(400, 401, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504),
      },
    },
    handler: async (request, reply) => {
      const subject = await subjectOf(tokens, request);
      const key = keyOf(request, subject);
      const beats = heartbeatMs === undefined ? {} : { heartbeatMs };
      await sendEvents(request, reply, beats, async (emit) => {
        const done: InvokeResult = await invoke(destinations, {
          ...invocationOf(request, subject, key),
          streaming: true,
          emit: ({ event, data }) => emit(event, data),
        });
        await emit("done", done);
      });
    },
  });

  server.route({
    method: "GET",
    url: "/routes",
    schema: {
      operationId: "routes",
      summary: "Where requests can go",
      tags,
      ...security,
      response: { 200: routesView, ...errorAnswers(401) },
    },
    handler: async (request) => {
      await subjectOf(tokens, request);
      const { models, agents, workflows, cortex } = destinations;
      return {
        models: [...models.names],
        agents: [...agents.aliases],
        workflow: workflows !== undefined,
        cortex: cortex !== undefined,
      };
    },
  });
}

type Request = FastifyRequest<{ Body: InvokeRequest }>;

async function subjectOf(tokens: Tokens | undefined, request: FastifyRequest): Promise<string | undefined> {
  return tokens && (await tokens.verify(request.headers.authorization)).subject;
}

/** The caller's Idempotency-Key, apart from the same key of another caller; undefined without one. */
function keyOf({ headers }: FastifyRequest, subject = ""): string | undefined {
  const key = headers["idempotency-key"];
  return key === undefined ? undefined : createHash("sha256").update(`${subject}\0${key}`).digest("hex");
}

function invocationOf(
  request: Request,
  subject: string | undefined,
  key: string | undefined,
): Omit<Invocation, "streaming"> {
  const sessionId = sessionOf(request);
  // The line that is logged, and the metrics, when the request is over are of its session too.
  request.work = { ...request.work, ids: { ...request.work.ids, sessionId } };
  return {
    body: request.body,
    requestId: request.id,
    sessionId,
    subject,
    key: key ?? randomUUID(),
    signal: request.signal,
    emit: async () => {},
  };
}

/** The body's, else that of the header x-session-id where AWS would take it, else a new one. */
function sessionOf({ body }: Request): string {
  const { sessionId: fromHeader = "" } = currentIds();
  return body.sessionId ?? (sessionIdPattern.test(fromHeader) ? fromHeader : randomUUID());
}
