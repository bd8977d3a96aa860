import { ConfigError, EX_CONFIG } from "./config.ts";
import { createLog, type Logger } from "./log.ts";

/**
 * Runs an agent's main: what it throws becomes one JSON log line and the exit status, 78 (EX_CONFIG) where the
 * environment cannot be used and 1 otherwise. From then on an exception or rejection that nobody caught ends the process
 * with 1: its state is unknown, and another task takes over.
 */
export async function runAgent(main: () => Promise<void>, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const log = createLog({ agent: env.AGENT_NAME || "unnamed", level: "info" });
  exitOnFault(log);
  try {
    await main();
  } catch (error) {
    if (error instanceof ConfigError) {
      log.fatal({ code: error.code, variables: error.variables }, error.message);
      process.exit(EX_CONFIG);
    }
    log.fatal({ err: error }, "the agent could not start");
    process.exit(1);
  }
}

function exitOnFault(log: Logger): void {
  const fault = (error: unknown) => {
    log.fatal({ err: error }, "an exception that nobody caught: the process ends");
    process.exit(1);
  };
  process.on("uncaughtException", fault).on("unhandledRejection", fault);
}
