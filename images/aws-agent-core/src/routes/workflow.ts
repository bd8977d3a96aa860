import { AgentError } from "@agentorchestrator/shared";
import type { Destination, Destinations, Invocation } from "../front-door.ts";
import type { Route } from "../http/schemas.ts";
import { sentenceOf, type WorkflowService } from "../peers/workflows.ts";

type Wanted = Extract<Route, { workflow: unknown }>["workflow"];

/** @throws AgentError 404 RouteNotConfigured */
function configured(workflows: WorkflowService | undefined): WorkflowService {
  if (workflows) return workflows;
  const message =
    "the workflow service is not configured: add { agent: langgraph } to spec.agents[].uses of this agent, which sets LANGGRAPH_URL";
  throw new AgentError("RouteNotConfigured", message, { status: 404 });
}

/** To the workflow service: starts a workflow on the input, or tells how one is. It runs on whether anybody waits or not. */
export function runWorkflow(to: Pick<Destinations, "workflows">, invocation: Invocation, wanted: Wanted): Destination {
  const service = configured(to.workflows);
  const { body, sessionId, signal, emit, key } = invocation;
  return {
    route: { kind: "workflow" },
    async go() {
      const options = wanted === true ? {} : wanted;
      const workflow =
        "id" in options
          ? await service.get(options.id, signal)
          : await service.start({ topic: body.input ?? "", sessionId, ...options }, key, signal);
      const output = sentenceOf(workflow);
      await emit({ event: "chunk", data: { text: output } });
      return { output, stopReason: "end_turn", workflow };
    },
  };
}
