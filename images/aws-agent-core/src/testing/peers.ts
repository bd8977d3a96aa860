import { randomUUID } from "node:crypto";
import {
  AgentError,
  type AgentServer,
  baseConfig,
  createLog,
  createServer,
  errorAnswers,
  Metrics,
  readConfig,
  sendEvents,
} from "@agentorchestrator/shared";
import { z } from "zod";
import { createRequest, idempotencyKey } from "../../../langgraph/src/api/requests.ts";
import { workflowView } from "../../../langgraph/src/http/views.ts";
import * as cortex from "../../../snowflake-cortex/src/http/schemas.ts";

/** One request that reached a peer. */
export interface PeerCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A server that speaks another agent's contract. */
export interface StandIn {
  readonly url: string;
  readonly calls: readonly PeerCall[];
  /** Answers every request with this until it is undefined again. */
  trouble: AgentError | undefined;
  stop(): Promise<void>;
}

/** @param register adds the contract's routes */
export async function startPeer(name: string, register: (server: AgentServer) => void): Promise<StandIn> {
  const config = readConfig(z.object(baseConfig), { AGENT_NAME: name, PORT: "0", AWS_REGION: "us-east-1" });
  const log = createLog({ agent: name, level: "silent" });
  const metrics = new Metrics({ agent: name, write: () => {} });
  const server = await createServer({
    agent: name,
    version: "0",
    config,
    log,
    metrics,
    title: name,
    description: name,
  });
  const calls: PeerCall[] = [];
  server.addHook("preHandler", async ({ method, url, headers, body }) => {
    calls.push({ method, path: url, headers, body });
    if (peer.trouble) throw peer.trouble;
  });
  register(server);
  const peer: StandIn = {
    url: await server.listen({ host: "127.0.0.1", port: 0 }),
    calls,
    trouble: undefined,
    async stop() {
      server.server.closeAllConnections();
      await server.close();
    },
  };
  return peer;
}

type Workflow = z.input<typeof workflowView>;

/**
 * The workflow service's contract, by its own schemas, over a map: what is sent is held to what the service takes, and
 * what is answered to what it answers. Its workflows never move.
 */
export async function startWorkflowService(): Promise<StandIn & { readonly workflows: ReadonlyMap<string, Workflow> }> {
  const workflows = new Map<string, Workflow>();
  const byKey = new Map<string, { id: string; order: string }>();
  const peer = await startPeer("langgraph", (server) => {
    server.route({
      method: "POST",
      url: "/workflows",
      schema: {
        headers: z.object({ "idempotency-key": idempotencyKey.exactOptional() }),
        body: createRequest,
        response: { 200: workflowView, 202: workflowView, ...errorAnswers(400, 422, 503) },
      },
      handler: async ({ body, headers }, reply) => {
        const key = headers["idempotency-key"] ?? randomUUID();
        const known = byKey.get(key);
        const recorded = known && workflows.get(known.id);
        if (known && known.order !== JSON.stringify(body))
          throw new AgentError("IdempotencyKeyReused", "this key started another workflow", { status: 422 });
        if (recorded) return reply.code(200).send(recorded);
        const { topic, instructions, sessionId = null } = body;
        const now = new Date("2026-11-20T09:00:00Z");
        const workflow: Workflow = {
          id: randomUUID(),
          status: "pending",
          step: null,
          input: { topic, ...(instructions !== undefined && { instructions }) },
          sessionId,
          createdAt: now,
          updatedAt: now,
          approveBy: null,
          approval: null,
          steps: [],
          error: null,
          report: null,
        };
        workflows.set(workflow.id, workflow);
        byKey.set(key, { id: workflow.id, order: JSON.stringify(body) });
        return reply.code(202).send(workflow);
      },
    });
    server.route({
      method: "GET",
      url: "/workflows/:id",
      schema: { params: z.object({ id: z.string() }), response: { 200: workflowView, ...errorAnswers(404, 503) } },
      handler: async ({ params: { id } }) => {
        const workflow = workflows.get(id);
        if (!workflow) throw new AgentError("WorkflowNotFound", `there is no workflow ${id}`, { status: 404 });
        return workflow;
      },
    });
  });
  return Object.assign(peer, { workflows });
}

/**
 * The Cortex service's contract, by its own schemas: what is sent is held to what the service takes. Completions are
 * streamed where that is asked for; everything else answers with a constant.
 */
export function startCortexService(): Promise<StandIn> {
  const usage = { inputTokens: 11, outputTokens: 3 };
  return startPeer("snowflake-cortex", (server) => {
    server.post("/complete", { schema: { body: cortex.completeBody } }, async (request, reply) => {
      const { stream, model = "claude-4-sonnet" } = request.body;
      if (!stream) return { model, text: "forty two", usage };
      return sendEvents(request, reply, {}, async (emit) => {
        await emit("chunk", { text: "forty " });
        await emit("chunk", { text: "two" });
        if (model === "breaks") throw new AgentError("CompletionBroken", "it broke", { status: 502 });
        await emit("done", { model, text: "forty two", usage });
      });
    });
    server.post("/analyst", { schema: { body: cortex.analystBody, response: { 200: cortex.analysis } } }, async () => ({
      requestId: "r-1",
      text: "Orders by month.",
      sql: "SELECT 1",
      suggestions: [],
      warnings: [],
      message: { role: "analyst" as const, content: [{ type: "sql", statement: "SELECT 1" }] },
    }));
    server.post("/search", { schema: { body: cortex.searchBody, response: { 200: cortex.found } } }, async () => ({
      requestId: "r-2",
      results: [{ TEXT: "a pump" }],
    }));
    server.post("/query", { schema: { body: cortex.queryBody, response: { 200: cortex.page } } }, async ({ body }) => ({
      queryId: "q-1",
      columns: [{ name: "N", type: "fixed", nullable: false }],
      rows: [[body.pageRows]],
      rowCount: 1,
      truncated: false,
    }));
  });
}
