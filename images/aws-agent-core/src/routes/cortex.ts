import { AgentError } from "@agentorchestrator/shared";
import type { Destination, Destinations, Invocation } from "../front-door.ts";
import type { CortexRoute, CortexService } from "../peers/cortex.ts";

/** @throws AgentError 404 RouteNotConfigured */
function configured(cortex: CortexService | undefined): CortexService {
  if (cortex) return cortex;
  const message =
    "the Cortex service is not configured: add { agent: snowflake-cortex } to spec.agents[].uses of this agent, which sets SNOWFLAKE_CORTEX_URL";
  throw new AgentError("RouteNotConfigured", message, { status: 404 });
}

/** To the Cortex service, whose whole answer is `cortex`. */
export function askCortex(to: Pick<Destinations, "cortex">, invocation: Invocation, wanted: CortexRoute): Destination {
  const service = configured(to.cortex);
  const { body, signal, emit, streaming } = invocation;
  return {
    route: { kind: "cortex", operation: wanted.operation },
    async go() {
      const onText = (text: string) => emit({ event: "chunk", data: { text } });
      const cortex = await service.ask(wanted, body.input ?? "", signal, streaming ? onText : undefined);
      const { text = "", usage } = cortex;
      return { output: text, stopReason: "end_turn", cortex, ...(usage && { usage }) };
    },
  };
}
