import { createServer, instrument, readConfig, runAgent, serve } from "@agentorchestrator/shared";
import packageJson from "../package.json" with { type: "json" };
import { schema } from "./config.ts";
import { connect } from "./destinations.ts";
import { registerRoutes } from "./http/routes.ts";
import { tokensOf } from "./tokens.ts";

await runAgent(async () => {
  const config = readConfig(schema);
  const agent = config.AGENT_NAME;
  const { log, metrics, tracing } = instrument(config);
  const { destinations, checkCredentials, close } = connect(config, log, metrics);
  const tokens = tokensOf(config);
  if (!tokens)
    log.warn("no AUTH_ISSUER is set: whoever reaches this agent may use it, and every session whose id he knows");
  const server = await createServer({
    agent,
    version: packageJson.version,
    config,
    log,
    metrics,
    title: "aws-agent-core",
    description: "The front door: to a Bedrock agent, a model, the workflow service or the Cortex service.",
    checks: { credentials: checkCredentials },
  });
  registerRoutes(server, { destinations, tokens });
  await serve(server, { config, log, tracing, onDrain: [close] });
});
