import { awsConfig, type Logger, type Metrics, Peer } from "@agentorchestrator/shared";
import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { BedrockAgents } from "./bedrock/agents.ts";
import { Models } from "./bedrock/models.ts";
import type { Config } from "./config.ts";
import type { Destinations } from "./front-door.ts";
import { CortexService } from "./peers/cortex.ts";
import { WorkflowService } from "./peers/workflows.ts";

export interface Clients {
  readonly destinations: Destinations;
  /** Rejects when the front door has no credentials for AWS. */
  checkCredentials(): Promise<void>;
  close(): Promise<void>;
}

/** Everything that the configuration leads to. Nothing is connected before it is asked. */
export function connect(config: Config, log: Logger, metrics: Metrics): Clients {
  const region = config.AWS_REGION;
  // How often a call is sent is decided by what of its answer was passed on: the SDK does not know that.
  const runtime = new BedrockRuntimeClient({ ...awsConfig(config), maxAttempts: 1 });
  const agentRuntime = new BedrockAgentRuntimeClient({ ...awsConfig(config), maxAttempts: 1 });
  const limits = { attempts: config.BEDROCK_MAX_ATTEMPTS, stallMs: config.STREAM_STALL_SECONDS * 1_000, log };
  const langgraph = peerOf("langgraph", config.LANGGRAPH_URL);
  const snowflake = peerOf("snowflake-cortex", config.SNOWFLAKE_CORTEX_URL);
  const guardrail = config.BEDROCK_GUARDRAIL;
  return {
    destinations: {
      models: new Models(runtime, { models: config.BEDROCK_MODELS, region, limits, guardrail, metrics }),
      agents: new BedrockAgents(agentRuntime, { aliases: config.BEDROCK_AGENTS, region, limits, metrics }),
      workflows: langgraph && new WorkflowService(langgraph),
      cortex: snowflake && new CortexService(snowflake),
      limits: { toolTurns: config.MAX_TOOL_TURNS, toolErrors: config.MAX_TOOL_ERRORS },
    },
    async checkCredentials() {
      await runtime.config.credentials();
    },
    async close() {
      runtime.destroy();
      agentRuntime.destroy();
      await Promise.all([langgraph?.close(), snowflake?.close()]);
    },
  };
}

function peerOf(name: string, url: string | undefined): Peer | undefined {
  return url === undefined ? undefined : new Peer(name, url);
}
