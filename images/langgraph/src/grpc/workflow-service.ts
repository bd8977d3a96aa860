import { currentIds, withIds } from "@agentorchestrator/shared";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { parse } from "../api/parse.ts";
import {
  callbackRequest,
  createRequest,
  decideRequest,
  decisions,
  idempotencyKey,
  listRequest,
  workflowId,
} from "../api/requests.ts";
import { shuttingDown } from "../api/shutting-down.ts";
import type { Approvers } from "../auth.ts";
import type { Workflow, Workflows } from "../domain/workflow.ts";
import type { WorkflowService } from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { createFields, decideFields, listFields, reportFields, workflowMessage } from "./messages.ts";

/**
 * The operations of the HTTP door over gRPC.
 *
 * @param draining ends what is watched
 */
export function workflowService(
  workflows: Workflows,
  approvers: Approvers,
  draining: AbortSignal,
): ServiceImpl<typeof WorkflowService> {
  const one = async ({ id }: { id: string }, work: (id: string) => Promise<Workflow>) => {
    const known = parse(workflowId, id, "id");
    return { workflow: workflowMessage(await withIds({ workflowId: known }, () => work(known))) };
  };
  return {
    async createWorkflow(request) {
      const { sessionId } = currentIds();
      const input = { ...(sessionId !== undefined && { sessionId }), ...parse(createRequest, createFields(request)) };
      const key = request.idempotencyKey;
      const { workflow, created } = await workflows.create(input, key && parse(idempotencyKey, key, "idempotencyKey"));
      return { workflow: workflowMessage(workflow), created };
    },

    getWorkflow: (request) => one(request, (id) => workflows.get(id)),

    async listWorkflows(request) {
      const page = await workflows.list(parse(listRequest, listFields(request)));
      return {
        workflows: page.workflows.map(workflowMessage),
        ...(page.nextCursor !== null && { nextCursor: page.nextCursor }),
      };
    },

    async *watchWorkflow(request, { signal }) {
      const id = parse(workflowId, request.id, "id");
      if (draining.aborted) throw shuttingDown();
      const stop = AbortSignal.any([signal, draining]);
      for await (const workflow of workflows.watch(id, stop)) yield { workflow: workflowMessage(workflow) };
      signal.throwIfAborted();
      if (draining.aborted) throw shuttingDown();
    },

    async decideWorkflow(request, { requestHeader }) {
      const by = await approvers.approver(requestHeader.get("authorization") ?? undefined);
      const asked = parse(decideRequest, decideFields(request));
      const decision = { ...asked, decision: decisions[asked.decision], by };
      return one(request, (id) => workflows.decide(id, decision));
    },

    reportStep: (request) =>
      one(request, (id) => workflows.callback(id, parse(callbackRequest, reportFields(request)))),

    async cancelWorkflow(request, { requestHeader }) {
      const by = await approvers.caller(requestHeader.get("authorization") ?? undefined);
      return one(request, (id) => workflows.cancel(id, by));
    },

    async getReport(request) {
      const id = parse(workflowId, request.id, "id");
      return withIds({ workflowId: id }, async () => {
        if (request.content) return { text: await workflows.reportText(id) };
        const { url, expiresAt } = await workflows.reportUrl(id);
        return { url, expiresAt: timestampFromDate(expiresAt) };
      });
    },
  };
}
