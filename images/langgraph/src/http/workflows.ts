import { type AgentServer, currentIds, errorAnswers, withIds } from "@agentorchestrator/shared";
import { z } from "zod";
import { createRequest, idempotencyKey, listRequest, workflowId } from "../api/requests.ts";
import type { Approvers } from "../auth.ts";
import type { Workflows } from "../domain/workflow.ts";
import { listView, reportView, viewOf, workflowView } from "./views.ts";

const params = z.object({ id: workflowId });
const tags = ["workflows"];

/** Start, read, list and cancel workflows, and read their reports. */
export function registerWorkflows(server: AgentServer, workflows: Workflows, approvers: Approvers): void {
  server.route({
    method: "POST",
    url: "/workflows",
    schema: {
      operationId: "createWorkflow",
      summary: "Start a workflow",
      description:
        "202 when it is started, with its address in Location. With a known Idempotency-Key and the same input 200 and " +
        "the recorded workflow; with another input 422 IdempotencyKeyReused.",
      tags,
      headers: z.object({ "idempotency-key": idempotencyKey.exactOptional() }),
      body: createRequest,
      response: { 200: workflowView, 202: workflowView, ...errorAnswers(400, 413, 415, 422, 500, 503) },
    },
    handler: async (request, reply) => {
      const { sessionId } = currentIds();
      const input = { ...(sessionId !== undefined && { sessionId }), ...request.body };
      const { workflow, created } = await workflows.create(input, request.headers["idempotency-key"]);
      reply.header("location", `/workflows/${workflow.id}`);
      return reply.code(created ? 202 : 200).send(viewOf(workflow));
    },
  });

  server.route({
    method: "GET",
    url: "/workflows/:id",
    schema: {
      operationId: "getWorkflow",
      summary: "One workflow as it is",
      tags,
      params,
      response: { 200: workflowView, ...errorAnswers(400, 404, 500, 503) },
    },
    handler: ({ params: { id } }) => withIds({ workflowId: id }, async () => viewOf(await workflows.get(id))),
  });

  server.route({
    method: "GET",
    url: "/workflows",
    schema: {
      operationId: "listWorkflows",
      summary: "Workflows by status and time, newest first",
      tags,
      querystring: listRequest,
      response: { 200: listView, ...errorAnswers(400, 500, 503) },
    },
    handler: async ({ query }) => {
      const page = await workflows.list(query);
      return { workflows: page.workflows.map(viewOf), nextCursor: page.nextCursor };
    },
  });

  server.route({
    method: "POST",
    url: "/workflows/:id/cancel",
    schema: {
      operationId: "cancelWorkflow",
      summary: "Cancel a workflow",
      description: "A cancelled one stays as it is; another one that has ended is 409 AlreadyFinished.",
      tags,
      params,
      response: { 200: workflowView, ...errorAnswers(400, 401, 404, 409, 500, 503) },
    },
    handler: ({ params: { id }, headers }) =>
      withIds({ workflowId: id }, async () => {
        const by = await approvers.caller(headers.authorization);
        return viewOf(await workflows.cancel(id, by));
      }),
  });

  server.route({
    method: "GET",
    url: "/workflows/:id/report",
    schema: {
      operationId: "getReport",
      summary: "Where the report can be read",
      description:
        "A URL, as JSON or, with redirect=true, as a redirection: presigned, or of this service where there is no bucket. " +
        "With content=true the report itself.",
      tags,
      params,
      querystring: z.strictObject({
        redirect: z.enum(["true", "false"]).default("false"),
        content: z.enum(["true", "false"]).default("false"),
      }),
      response: {
        200: {
          description: "Where the report can be read, or with content=true the report.",
          content: { "application/json": { schema: reportView }, "text/markdown": { schema: z.string() } },
        },
        302: z.null().describe("Location is the presigned URL"),
        ...errorAnswers(400, 404, 409, 410, 500, 503),
      },
    },
    handler: ({ params: { id }, query }, reply) =>
      withIds({ workflowId: id }, async () => {
        // Who has the URL may read the report: no cache shall keep it.
        reply.header("cache-control", "no-store");
        if (query.content === "true") {
          const text = await workflows.reportText(id);
          return reply.type("text/markdown").serializer(String).send(text);
        }
        const report = await workflows.reportUrl(id);
        return query.redirect === "true" ? reply.redirect(report.url) : report;
      }),
  });
}
