import { createLog, createServer, Metrics, readConfig, runAgent, serve, startTracing } from "@agentorchestrator/shared";
import { schema } from "./config.ts";
import { connect } from "./destinations.ts";
import { registerRoutes } from "./http/routes.ts";
import { tokensOf } from "./tokens.ts";

await runAgent(async () => {
  const config = readConfig(schema);
  const agent = config.AGENT_NAME;
  const log = createLog({ agent, level: config.LOG_LEVEL });
  const metrics = new Metrics({ agent });
  const tracing = startTracing(
    {
      agent,
      baseUrl: config.LANGFUSE_BASE_URL,
      publicKey: config.LANGFUSE_PUBLIC_KEY,
      secretKey: config.LANGFUSE_SECRET_KEY,
    },
    log,
  );
  const { destinations, checkCredentials, close } = connect(config, log, metrics);
  const tokens = tokensOf(config);
  if (!tokens)
    log.warn("no AUTH_ISSUER is set: whoever reaches this agent may use it, and every session whose id he knows");
  const server = await createServer({
    agent,
    version: "0.1.0",
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
