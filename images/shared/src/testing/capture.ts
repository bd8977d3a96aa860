import { z } from "zod";
import { baseConfig, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { Metrics } from "../metrics.ts";
import { type AgentServer, createServer, type ServerOptions } from "../server.ts";

export interface CapturedServer {
  readonly server: AgentServer;
  readonly url: string;
  /** Lines of the log and of the metrics so far, parsed. */
  logs(): Record<string, unknown>[];
  metrics(): Record<string, unknown>[];
  /** All of both, as written. */
  text(): string;
  close(): Promise<void>;
}

/**
 * createServer in this process, listening on a free port of 127.0.0.1, with its log and metrics captured.
 *
 * @param env over AGENT_NAME `agent` and short limits
 * @param routes adds the routes before it listens
 */
export async function startCaptured(
  env: NodeJS.ProcessEnv,
  routes: (server: AgentServer) => void,
  checks: ServerOptions["checks"] = {},
): Promise<CapturedServer> {
  const lines: string[] = [];
  const metricLines: string[] = [];
  const all = { AGENT_NAME: "agent", PORT: "0", AWS_REGION: "eu-central-1", LOG_LEVEL: "debug", ...env };
  const config = readConfig(z.object(baseConfig), all);
  const log = createLog({ agent: config.AGENT_NAME, level: config.LOG_LEVEL }, { write: (line) => lines.push(line) });
  const metrics = new Metrics({ agent: config.AGENT_NAME, write: (line) => metricLines.push(line) });
  const about = { agent: config.AGENT_NAME, version: "1.0.0", title: "Agent", description: "An agent" };
  const server = await createServer({ ...about, config, log, metrics, checks });
  routes(server);
  const url = await server.listen({ port: 0, host: "127.0.0.1" });
  const parsed = (from: string[]) => from.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    server,
    url,
    logs: () => parsed(lines),
    metrics: () => parsed(metricLines),
    text: () => [...lines, ...metricLines].join(""),
    close: () => server.close(),
  };
}
