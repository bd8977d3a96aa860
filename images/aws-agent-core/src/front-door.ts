import { traced, withIds } from "@agentorchestrator/shared";
import type { BedrockAgents } from "./bedrock/agents.ts";
import type { Models } from "./bedrock/models.ts";
import type { ChosenRoute, Emit, InvokeResult } from "./events.ts";
import type { InvokeRequest } from "./http/schemas.ts";
import type { CortexService } from "./peers/cortex.ts";
import type { WorkflowService } from "./peers/workflows.ts";
import { invokeAgent } from "./routes/agent.ts";
import { askCortex } from "./routes/cortex.ts";
import { askModel } from "./routes/model.ts";
import { runWorkflow } from "./routes/workflow.ts";
import type { LoopLimits } from "./tools/loop.ts";

/** What the front door leads to. */
export interface Destinations {
  readonly models: Models;
  readonly agents: BedrockAgents;
  readonly workflows?: WorkflowService | undefined;
  readonly cortex?: CortexService | undefined;
  readonly limits: LoopLimits;
}

/** One request, as its door has understood it. */
export interface Invocation {
  readonly body: InvokeRequest;
  readonly requestId: string;
  readonly sessionId: string;
  /** Subject of the caller's token, where tokens are checked. */
  readonly subject?: string | undefined;
  /** Names the request for effects that shall happen once: the caller's Idempotency-Key, or something unique. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Whether what comes is emitted in pieces. */
  readonly streaming: boolean;
}

/** What a route says beyond what every answer has. */
export type Outcome = Omit<InvokeResult, "requestId" | "sessionId" | "route">;

/** A route whose configuration was checked: nothing was asked of anybody yet. */
export interface Destination {
  readonly route: ChosenRoute;
  go(): Promise<Outcome>;
}

/**
 * Takes a request where it belongs: to a Bedrock agent, a model, the workflow service or the Cortex service, or to the
 * default model with the other three as its tools. Before the first event stands `start`: what is refused at once, by us or
 * by Bedrock, is thrown before it, and has an HTTP status.
 *
 * @throws AgentError of the route; the signal's reason when that ended it
 */
export function invoke(destinations: Destinations, invocation: Invocation): Promise<InvokeResult> {
  const { body, requestId, sessionId, emit } = invocation;
  return withIds({ sessionId }, () =>
    traced("invoke", { type: "agent", input: body.input ?? body.route }, async (span) => {
      let begun: Promise<void> | undefined;
      const begin = () => {
        begun ??= emit({ event: "start", data: { requestId, sessionId, route } });
        return begun;
      };
      const beginThenEmit: Emit = async (event) => {
        await begin();
        await emit(event);
      };
      const { route, go } = destinationOf(destinations, { ...invocation, emit: beginThenEmit });
      const outcome = await go();
      await begin();
      span.update({ output: outcome.output, metadata: { route: route.kind, stopReason: outcome.stopReason } });
      return { requestId, sessionId, route, ...outcome };
    }),
  );
}

function destinationOf(to: Destinations, invocation: Invocation): Destination {
  const { route } = invocation.body;
  if (route === undefined) return askModel(to, invocation, undefined);
  if ("model" in route) return askModel(to, invocation, route.model);
  if ("agent" in route) return invokeAgent(to, invocation, route.agent);
  if ("workflow" in route) return runWorkflow(to, invocation, route.workflow);
  return askCortex(to, invocation, route.cortex);
}
