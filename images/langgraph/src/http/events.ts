import { type AgentServer, errorAnswers, sendEvents, withIds } from "@agentorchestrator/shared";
import { z } from "zod";
import { workflowId } from "../api/requests.ts";
import { shuttingDown } from "../api/shutting-down.ts";
import type { Workflows } from "../domain/workflow.ts";
import { viewOf, workflowView } from "./views.ts";

/** GET /workflows/{id}/events: a workflow's changes as server-sent events. */
export function registerEvents(server: AgentServer, workflows: Workflows): void {
  server.route({
    method: "GET",
    url: "/workflows/:id/events",
    config: { timeoutSeconds: 0 },
    schema: {
      operationId: "watchWorkflow",
      summary: "Changes of one workflow, as they happen",
      description:
        "Server-sent events: `workflow` with the workflow as it is, then after each change, and `end` after its last one. " +
        "Heartbeats are comments. After a broken connection ask again: the present state comes first.",
      tags: ["workflows"],
      params: z.object({ id: workflowId }),
      response: {
        200: {
          description: "Events `workflow`, whose data is a Workflow, and `end`.",
          content: { "text/event-stream": { schema: z.string() } },
        },
        ...errorAnswers(400, 404, 500, 503),
      },
    },
    handler: (request, reply) =>
      withIds({ workflowId: request.params.id }, async () => {
        // An unknown one is a plain 404: after the first event it could only be an event.
        await workflows.get(request.params.id);
        const { draining } = server.lifecycle;
        await sendEvents(request, reply, {}, async (emit, signal) => {
          if (draining.aborted) throw shuttingDown();
          for await (const workflow of workflows.watch(request.params.id, AbortSignal.any([signal, draining]))) {
            await emit("workflow", z.encode(workflowView, viewOf(workflow)));
          }
          signal.throwIfAborted();
          if (draining.aborted) throw shuttingDown();
          await emit("end", {});
        });
      }),
  });
}
