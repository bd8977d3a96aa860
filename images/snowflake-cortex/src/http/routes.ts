import { type AgentServer, errorAnswers, IdempotencyKeys, sendEvents } from "@agentorchestrator/shared";
import type { FastifyRequest } from "fastify";
import type { Analyst, AnalystMessage, SemanticModel } from "../analyst.ts";
import type { Completion, Completions } from "../complete.ts";
import type { Queries } from "../query.ts";
import type { RoleGuard } from "../role.ts";
import type { SearchServices } from "../search.ts";
import { sendLines } from "./ndjson.ts";
import {
  type AnalystBody,
  analysis,
  analystBody,
  completeBody,
  completion,
  found,
  nextBody,
  page,
  queryBody,
  searchBody,
  streamBody,
} from "./schemas.ts";

export interface Services {
  readonly guard: RoleGuard;
  readonly queries: Queries;
  readonly completions: Completions;
  readonly analyst: Analyst;
  readonly search: SearchServices;
  /** Model of completions that name none. */
  readonly model: string;
}

const failures = errorAnswers(400, 403, 404, 409, 410, 422, 429, 502, 503, 504);
/** Streams end with their statement or model, which have limits of their own. */
const streamed = { timeoutSeconds: 0 };

/** The doors. Each first asks whether the role only reads. */
export function registerRoutes(server: AgentServer, services: Services): void {
  const { guard, queries, completions, analyst, search } = services;
  const keys = new IdempotencyKeys();
  const preHandler = () => guard.assertReads();

  server.post(
    "/query",
    {
      preHandler,
      schema: {
        summary: "Run a statement that reads, and get its first rows",
        tags: ["sql"],
        body: queryBody,
        response: { 200: page, ...failures },
      },
    },
    async ({ body, signal }) => queries.first(body, body.pageRows, signal),
  );
  server.post(
    "/query/next",
    {
      preHandler,
      schema: {
        summary: "The next rows of a result",
        tags: ["sql"],
        body: nextBody,
        response: { 200: page, ...failures },
      },
    },
    async ({ body, signal }) => queries.next(body.cursor, body.pageRows, signal),
  );
  server.post(
    "/query/stream",
    {
      preHandler,
      config: streamed,
      schema: {
        summary: "Run a statement that reads, and get all rows as NDJSON",
        description:
          "Lines: {queryId, columns}, then {row} for each row, then {end} or {error}; {heartbeat} in between.",
        tags: ["sql"],
        body: streamBody,
        response: failures,
      },
    },
    (request, reply) => sendLines(request, reply, queries.stream(request.body, request.signal)),
  );
  server.post(
    "/complete",
    {
      preHandler,
      config: streamed,
      schema: {
        summary: "Ask a language model of Cortex",
        description:
          "With stream: server-sent events `chunk` {text}, then `done` {model, text, usage}; `error` when it breaks.",
        tags: ["cortex"],
        body: completeBody,
        response: { 200: completion, ...failures },
      },
    },
    async (request, reply) => {
      const { body, signal } = request;
      const { prompt, messages, model = services.model, stream, ...options } = body;
      const asked: Completion = { ...options, model, messages: messages ?? [{ role: "user", content: prompt ?? "" }] };
      if (!stream) {
        const once = await keys.run(keyOf(request), body, () => completions.complete(asked, signal));
        return reply.header("idempotency-replayed", String(once.replayed)).send(once.value);
      }
      return sendEvents(request, reply, {}, async (emit, signal) => {
        const done = await completions.stream(asked, (text) => emit("chunk", { text }), signal);
        await emit("done", done);
      });
    },
  );
  server.post(
    "/analyst",
    {
      preHandler,
      schema: {
        summary: "Ask Cortex Analyst a question about data",
        tags: ["cortex"],
        body: analystBody,
        response: { 200: analysis, ...failures },
      },
    },
    async ({ body, signal }) => analyst.ask(messagesOf(body), modelsOf(body), signal),
  );
  server.post(
    "/search",
    {
      preHandler,
      schema: {
        summary: "Search with a Cortex Search service",
        tags: ["cortex"],
        body: searchBody,
        response: { 200: found, ...failures },
      },
    },
    async ({ body, signal }) => search.search(body, signal),
  );
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers["idempotency-key"];
  return typeof key === "string" ? key : undefined;
}

function messagesOf({ question, messages }: AnalystBody): readonly AnalystMessage[] {
  if (messages) return messages as AnalystMessage[];
  return [{ role: "user", content: [{ type: "text", text: question ?? "" }] }];
}

function modelsOf(body: AnalystBody): readonly SemanticModel[] {
  const { semanticView, semanticModelFile, semanticModel, semanticModels } = body;
  if (semanticModels) return semanticModels;
  if (semanticView !== undefined) return [{ semanticView }];
  if (semanticModelFile !== undefined) return [{ semanticModelFile }];
  return semanticModel === undefined ? [] : [{ semanticModel }];
}
