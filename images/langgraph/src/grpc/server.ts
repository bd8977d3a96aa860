import { constants, createServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { AgentError, type Logger, type Metrics } from "@agentorchestrator/shared";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { Approvers } from "../auth.ts";
import type { Workflows } from "../domain/workflow.ts";
import { calls, idsOf } from "./calls.ts";
import { grpcError } from "./errors.ts";
import { WorkflowService } from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { Health } from "./gen/grpc/health/v1/health_pb.ts";
import { healthService } from "./health-service.ts";
import { Sessions } from "./sessions.ts";
import { workflowService } from "./workflow-service.ts";

export interface GrpcOptions {
  readonly workflows: Workflows;
  readonly approvers: Approvers;
  /** 0 for any. */
  readonly port: number;
  readonly host?: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Rejects while the workflows could not be served; within its own time. Behind grpc.health.v1. */
  readonly check: () => Promise<void>;
  readonly config: {
    readonly MAX_BODY_BYTES: number;
    readonly MAX_CONCURRENT_REQUESTS: number;
    readonly REQUEST_TIMEOUT_SECONDS: number;
    readonly DRAIN_SECONDS: number;
  };
  /** Aborted once the process shall end: health says so, and what is watched ends. */
  readonly draining: AbortSignal;
  /** How often those who watch the health are told of a change; default 5 000. */
  readonly healthEveryMs?: number;
}

export interface GrpcServer {
  /** `host:port` */
  readonly address: string;
  /** Says NOT_SERVING and GOAWAY, ends what is watched, lets calls in flight finish up to DRAIN_SECONDS. */
  close(): Promise<void>;
}

const HEALTH_PATH = `/${Health.typeName}/`;

/**
 * The gRPC door, over HTTP/2 without TLS: inside the platform's network, by Cloud Map name.
 *
 * @throws the error of listen, as EADDRINUSE
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const { workflows, approvers, log, metrics, check, config, healthEveryMs = 5_000 } = options;
  const timeoutMs = config.REQUEST_TIMEOUT_SECONDS * 1_000;
  const closing = new AbortController();
  const draining = AbortSignal.any([options.draining, closing.signal]);
  let inFlight = 0;

  const handle = connectNodeAdapter({
    grpc: true,
    grpcWeb: false,
    connect: false,
    readMaxBytes: config.MAX_BODY_BYTES,
    interceptors: [calls({ log, metrics, timeoutMs })],
    requestGate: ({ service, requestHeader }) => {
      if (service.typeName === Health.typeName || inFlight <= config.MAX_CONCURRENT_REQUESTS) return;
      throw grpcError(overloaded(), idsOf(requestHeader).requestId);
    },
    routes: (router) => {
      router.service(WorkflowService, workflowService(workflows, approvers, draining));
      router.service(Health, healthService({ check, everyMs: healthEveryMs, draining }));
    },
  });

  const server = createServer(
    { settings: { maxConcurrentStreams: 100, maxHeaderListSize: 32_768 } },
    (request, response) => {
      if (!request.url.startsWith(HEALTH_PATH)) {
        inFlight += 1;
        response.once("close", () => {
          inFlight -= 1;
        });
      }
      limitBody(request, timeoutMs);
      try {
        handle(request, response);
      } catch {
        // The adapter makes a URL of :authority, which a client may fill with anything.
        refuse(response);
      }
    },
  );
  const sessions = new Sessions(server, { everyMs: 30_000, answerWithinMs: 10_000 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host ?? "0.0.0.0", resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port }, "gRPC listens");
  return {
    address: `${address}:${port}`,
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await sessions.close(config.DRAIN_SECONDS * 1_000);
      await closed;
    },
  };
}

function overloaded(): AgentError {
  return new AgentError("Overloaded", "too many calls are in work already: try again in a moment, or run more tasks", {
    status: 503,
    retryAfterSeconds: 1,
  });
}

/**
 * A client that begins a message and never ends it holds a stream: it is cut. One that still sends when it has its answer,
 * as of a message that is too large, is told to stop (RFC 9113, 8.1).
 */
function limitBody(request: Http2ServerRequest, withinMs: number): void {
  const late = setTimeout(() => request.stream.close(constants.NGHTTP2_CANCEL), withinMs);
  const received = () => clearTimeout(late);
  request.once("end", received);
  request.once("close", received);
  const { stream } = request;
  stream.once("wantTrailers", () => {
    // After the adapter's own listener has sent them. What has come and nobody reads would keep a closed stream open.
    setImmediate(() => {
      if (stream.readableEnded) return;
      stream.close(constants.NGHTTP2_NO_ERROR);
      stream.destroy();
    });
  });
}

function refuse(response: Http2ServerResponse): void {
  response.writeHead(400);
  response.end();
}
