import type { BaseConfig } from "./config.ts";
import { createLog, type Logger } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { startTracing, type Tracing } from "./tracing.ts";

/** What an agent is seen by. */
export interface Instruments {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Log, metrics and traces of an agent, as its configuration says. */
export function instrument(config: BaseConfig): Instruments {
  const agent = config.AGENT_NAME;
  const log = createLog({ agent, level: config.LOG_LEVEL });
  const { LANGFUSE_BASE_URL: baseUrl, LANGFUSE_PUBLIC_KEY: publicKey, LANGFUSE_SECRET_KEY: secretKey } = config;
  const tracing = startTracing({ agent, baseUrl, publicKey, secretKey }, log);
  return { log, metrics: new Metrics({ agent }), tracing };
}
