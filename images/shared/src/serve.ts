import { setTimeout as sleep } from "node:timers/promises";
import type { BaseConfig } from "./config.ts";
import { AgentError } from "./errors.ts";
import type { Logger } from "./log.ts";
import type { AgentServer } from "./server.ts";
import { within } from "./time.ts";
import type { Tracing } from "./tracing.ts";

export interface ServeOptions {
  readonly config: Pick<BaseConfig, "HOST" | "PORT" | "DRAIN_SECONDS" | "DRAIN_DELAY_SECONDS">;
  readonly log: Logger;
  readonly tracing: Tracing;
  /** Run in reverse order once the requests are over: workers, then pools. */
  readonly onDrain?: readonly (() => Promise<void>)[];
  /** Default: config.HOST. */
  readonly host?: string;
}

export interface Served {
  /** `http://host:port`. */
  readonly address: string;
  /** Drains as SIGTERM does, but leaves the process alive. */
  stop(): Promise<void>;
}

const CLOSE_IDLE_EVERY_MS = 50;
/** Requests whose signal fired at the end of the drain have this long to answer. */
const LAST_ANSWERS_MS = 1_000;
/** What onDrain may take beyond DRAIN_SECONDS; with the flush of traces (3 s) all ends within DRAIN_SECONDS + 9. */
const HOOKS_MARGIN_MS = 5_000;

/**
 * Listens. On SIGTERM or SIGINT: `lifecycle.draining` aborts and /ready says 503 at once; for DRAIN_DELAY_SECONDS new
 * requests are still served, with `connection: close`, since load balancers take a moment to learn; then the port is
 * closed, requests in flight and streams may end until DRAIN_SECONDS are over, when their signals fire (503
 * ShuttingDown); then onDrain, traces, exit 0. An exception that nobody caught is logged and exits 1.
 */
export async function serve(server: AgentServer, options: ServeOptions): Promise<Served> {
  const { config, log } = options;
  const address = await server.listen({
    port: config.PORT,
    host: options.host ?? config.HOST,
    listenTextResolver: (bound) => `listening on ${bound}`,
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= drain(server, options);
    return stopping;
  };
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, "draining");
    void stop().then(() => process.exit(0));
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return {
    address,
    stop: async () => {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      await stop();
    },
  };
}

async function drain(server: AgentServer, { config, log, tracing, onDrain = [] }: ServeOptions): Promise<void> {
  const began = performance.now();
  const left = () => Math.max(0, config.DRAIN_SECONDS * 1_000 - (performance.now() - began));
  const { lifecycle } = server;
  lifecycle.startDraining();
  await sleep(Math.min(config.DRAIN_DELAY_SECONDS * 1_000, left()));
  const closed = server.close();
  // Connections that were in use then are kept alive after their answer, and the port counts as open for so long.
  const idle = setInterval(() => server.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  await within(left(), closed, "requests in flight did not end").catch(async () => {
    log.warn({ requests: lifecycle.active }, "requests in flight are cut off: the time to drain is over");
    const message = "this task is shutting down: send the request again";
    lifecycle.abortAll(new AgentError("ShuttingDown", message, { status: 503, retryAfterSeconds: 1 }));
    await within(LAST_ANSWERS_MS, closed, "requests did not end").catch(() => server.server.closeAllConnections());
  });
  clearInterval(idle);
  for (const hook of onDrain.toReversed()) {
    await within(left() + HOOKS_MARGIN_MS, hook(), "a step of the shutdown did not end").catch((error: unknown) =>
      log.error({ err: error }, "a step of the shutdown failed"),
    );
  }
  await tracing.shutdown();
  log.info({ milliseconds: Math.round(performance.now() - began) }, "drained");
}
