import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { pino } from "pino";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Spec } from "./api/spec.ts";
import type { Status } from "./api/status.ts";
import { AwsAccess } from "./aws/access.ts";
import { parseAccessConfig } from "./aws/access-config.ts";
import { Limits } from "./aws/guard.ts";
import { prometheusMetrics } from "./aws/metrics.ts";
import { scaledClock, systemClock } from "./clock.ts";
import { KubeHttp } from "./kube/http.ts";
import { KubeStore } from "./kube/kube-store.ts";
import { Operator } from "./operator.ts";
import { type Options, parseOptions, usage } from "./options.ts";
import { passMetrics } from "./pass-metrics.ts";
import { runOperator } from "./run.ts";
import { serve } from "./serve.ts";
import { LeaderElector } from "./watch/leader-election.ts";
import { leaseStoreOver } from "./watch/lease.ts";

/** Wires the parts of one process together and runs until SIGTERM or SIGINT, or until the lease is lost. */
async function main(options: Options): Promise<number> {
  const log = pino({ level: options.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const clock = options.clockSpeed === 1 ? systemClock : scaledClock(options.clockSpeed);
  const config = parseAccessConfig(await readFile(options.accessConfig, "utf8"), options.accessConfig);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const http = options.kubeconfig ? KubeHttp.fromKubeconfig(options.kubeconfig) : KubeHttp.fromDefault();
  const store = new KubeStore<Spec, Status>(http, (error) => log.warn({ error: String(error) }, "Kubernetes"));
  const limits = new Limits({ clock, metrics: prometheusMetrics(registry) });
  const access = new AwsAccess({
    config,
    limits,
    credentials: defaultProvider(),
    log,
  });
  const onError = (error: unknown): void => log.warn({ error: String(error) }, "leader election");
  const leases = leaseStoreOver(http, options.namespace, "agentorchestrator");
  const elector = options.leaderElect
    ? new LeaderElector({ leases, identity: `${hostname()}_${randomUUID()}`, onError })
    : undefined;
  const isLeader = (): boolean => elector?.isLeader() ?? true;
  const operator = new Operator({ store, access, clock, log, intervalMs: options.intervalMs, isLeader });
  const stopping = new AbortController();
  stopping.signal.addEventListener("abort", () => limits.close(), { once: true });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());

  let leading = false;
  const probes = await serve(options.bind, options.probePort, {
    "/healthz": () => ({ status: 200, type: "text/plain", body: "ok\n" }),
    "/readyz": () => ({ status: 200, type: "text/plain", body: leading ? "leading\n" : "standing by\n" }),
  });
  const metrics = await serve(options.bind, options.metricsPort, {
    "/metrics": async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
  });
  const lead = async (signal: AbortSignal): Promise<void> => {
    leading = true;
    log.info({ workers: options.workers, intervalSeconds: options.intervalMs / 1000 }, "leading");
    await runOperator(operator, { workers: options.workers, metrics: passMetrics(registry) }, signal);
  };
  log.info({ probes: probes.port, metrics: metrics.port, leaderElect: options.leaderElect }, "operator is up");
  const lost = elector ? (await elector.run(stopping.signal, lead)) === "lost" : await lead(stopping.signal);
  await Promise.all([probes.close(), metrics.close()]);
  log.info({}, lost ? "the lease is lost: another process leads" : "stopped");
  return lost ? 1 : 0;
}

let options: Options | undefined;
try {
  options = parseOptions(process.argv.slice(2), process.env);
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
if (!options) {
  console.log(usage);
} else {
  main(options).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
}
