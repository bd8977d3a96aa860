import type { IncomingMessage, Server, ServerResponse } from "node:http";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { BaseConfig } from "./config.ts";
import { agentErrorOf, answerError } from "./error-handler.ts";
import { AgentError } from "./errors.ts";
import { type Check, registerHealth } from "./health.ts";
import { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { openapiDocument } from "./openapi.ts";
import { beginWork, inWork, requestIdOf } from "./request.ts";

declare module "fastify" {
  interface FastifyInstance {
    readonly lifecycle: Lifecycle;
  }
}

export interface ServerOptions {
  readonly agent: string;
  readonly version: string;
  readonly config: BaseConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of the OpenAPI document. */
  readonly title: string;
  readonly description: string;
  /** What /ready asks: each resolves, or rejects with a message that says what to do. */
  readonly checks?: Readonly<Record<string, Check>>;
}

export type AgentServer = FastifyInstance<Server, IncomingMessage, ServerResponse, Logger, ZodTypeProvider>;

/** An ALB keeps idle connections for 60 s: the server has to keep them longer, or answers get lost as 502. */
const KEEP_ALIVE_MS = 75_000;
/** A client has this long to send a whole request. */
const RECEIVE_MS = 60_000;

/**
 * A server with what every agent has: GET /health, /ready, /openapi.json; limits on body, time and concurrent requests;
 * request id and trace; errors of one form (errorBody); a log line a request, and metrics of every request but GETs.
 * Routes are added with zod schemas; `config: { timeoutSeconds }` of a route changes its time.
 */
export async function createServer(options: ServerOptions): Promise<AgentServer> {
  const { config, log } = options;
  const failed = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    answerError(agentErrorOf(error, request, config.MAX_BODY_BYTES), request, reply);
  const server = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    bodyLimit: config.MAX_BODY_BYTES,
    requestTimeout: RECEIVE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    frameworkErrors: (error, request, reply) => {
      beginWork(request, reply, config.REQUEST_TIMEOUT_SECONDS);
      failed(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.decorate("lifecycle", new Lifecycle());
  server.decorateRequest("work");
  addHooks(server, options);
  server.setErrorHandler(failed);
  server.setNotFoundHandler((request) => {
    const path = request.url.split("?")[0];
    throw new AgentError("RouteNotFound", `${request.method} ${path} is no route: GET /openapi.json lists them`, {
      status: 404,
    });
  });
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: options.title, description: options.description, version: options.version },
      // For routes with `security: [{ bearer: [] }]`.
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: openapiDocument,
  });
  registerHealth(server, options.checks ?? {});
  return server;
}

function addHooks(server: AgentServer, { config, metrics }: ServerOptions): void {
  const { lifecycle } = server;
  server.addHook("onRequest", (request, reply, done) => {
    const work = beginWork(request, reply, config.REQUEST_TIMEOUT_SECONDS);
    reply.header("x-request-id", request.id);
    reply.raw.once("close", () => inWork(request, () => finish(request, reply, metrics)));
    if (request.routeOptions.config.unlimited !== true) {
      if (lifecycle.active >= config.MAX_CONCURRENT_REQUESTS) return inWork(request, () => done(overloaded(config)));
      lifecycle.enter(work.controller);
      reply.raw.once("close", () => lifecycle.leave(work.controller));
    }
    inWork(request, done);
  });
  // Reading the body leaves the asynchronous context of onRequest.
  server.addHook("preValidation", (request, _reply, done) => inWork(request, done));
  server.addHook("onSend", async (_request, reply) => {
    if (lifecycle.draining.aborted) reply.header("connection", "close");
  });
}

function overloaded(config: BaseConfig): AgentError {
  const message = `${config.MAX_CONCURRENT_REQUESTS} requests are in work already: try again in a moment, or run more tasks`;
  return new AgentError("Overloaded", message, { status: 503, retryAfterSeconds: 1 });
}

/** One log line, and the metrics, of a request that is over. */
function finish(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { work } = request;
  const gone = !reply.raw.writableFinished;
  const status = gone ? 499 : (work.failed?.status ?? reply.statusCode);
  const milliseconds = Math.round((performance.now() - work.began) * 10) / 10;
  const operation = `${request.method} ${request.routeOptions.url ?? "(no route)"}`;
  const { unlimited } = request.routeOptions.config;
  const reason = work.failed && { code: work.failed.code, reason: work.failed.message };
  const level = unlimited === true && status < 400 ? "debug" : "info";
  request.log[level]({ status, milliseconds, ...reason }, operation);
  if (unlimited === true || request.method === "GET" || request.method === "HEAD" || request.is404) return;
  const outcome = gone ? "cancelled" : status >= 500 ? "failed" : status >= 400 ? "refused" : "completed";
  metrics.record({ operation, milliseconds, status: outcome, ...(work.failed && { error: work.failed.code }) });
}
