import { type AgentServer, errorAnswers, withIds } from "@agentorchestrator/shared";
import { z } from "zod";
import { callbackRequest, decideRequest, decisions, workflowId } from "../api/requests.ts";
import type { Approvers } from "../auth.ts";
import type { Workflows } from "../domain/workflow.ts";
import { viewOf, workflowView } from "./views.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Subject of the approver's token, where a route asks for one. */
    approver: string;
  }
}

const params = z.object({ id: workflowId });

/** What a workflow waits for: a person's decision, or the step of an agent elsewhere. */
export function registerDecisions(server: AgentServer, workflows: Workflows, approvers: Approvers): void {
  server.decorateRequest("approver", "");

  server.route({
    method: "POST",
    url: "/approve/:id",
    schema: {
      operationId: "decideWorkflow",
      summary: "Approve or reject, once",
      description:
        "Needs `Authorization: Bearer <JWT>` with the approver's claim. The same decision by the same caller again is " +
        "answered with the recorded one. 409: AlreadyDecided, ApprovalTimedOut, NotWaitingForApproval.",
      tags: ["decisions"],
      security: [{ bearer: [] }],
      params,
      body: decideRequest,
      response: { 200: workflowView, ...errorAnswers(400, 401, 403, 404, 409, 413, 415, 500, 503) },
    },
    // Before the body is read: who may not decide is told that, and nothing else.
    onRequest: async (request) => {
      request.approver = await approvers.approver(request.headers.authorization);
    },
    handler: ({ params: { id }, body, approver }) =>
      withIds({ workflowId: id }, async () => {
        const decision = { ...body, decision: decisions[body.decision], by: approver };
        return viewOf(await workflows.decide(id, decision));
      }),
  });

  server.route({
    method: "POST",
    url: "/callbacks/:id",
    schema: {
      operationId: "reportStep",
      summary: "Result or failure of a step that another agent did",
      description:
        "`token` is what the StepRequested event carried. The same result again is answered as the first was. " +
        "403 WrongCallbackToken, 409 StepFinished.",
      tags: ["decisions"],
      params,
      body: callbackRequest,
      response: { 200: workflowView, ...errorAnswers(400, 403, 404, 409, 413, 415, 500, 503) },
    },
    handler: ({ params: { id }, body }) =>
      withIds({ workflowId: id }, async () => viewOf(await workflows.callback(id, body))),
  });
}
