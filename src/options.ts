import { parseArgs } from "node:util";

/** How this process of the operator was started. */
export interface Options {
  /** File with the cluster admin's AWS access configuration (aws/access-config.ts). */
  readonly accessConfig: string;
  /** Kubeconfig; without one, the service account that the pod runs as. */
  readonly kubeconfig: string | undefined;
  /** Milliseconds between two looks at everything when nothing changes. */
  readonly intervalMs: number;
  /** AgentOrchestrators that are reconciled at once. */
  readonly workers: number;
  readonly leaderElect: boolean;
  /** Namespace of the Lease. */
  readonly namespace: string;
  readonly probePort: number;
  readonly metricsPort: number;
  /** Address that probes and metrics listen on. */
  readonly bind: string;
  readonly logLevel: string;
  /** How many times faster than real time the clock runs: only beside a simulator of the same speed. */
  readonly clockSpeed: number;
}

export const usage = `Usage: operator [flags]
  --access-config FILE   which AWS account, role and regions each namespace may use
                         (default /etc/agentorchestrator/config.yaml)
  --kubeconfig FILE      instead of the pod's service account
  --interval SECONDS     between two comparisons of AWS with the spec (default 60, 30 to 86400)
  --workers N            AgentOrchestrators reconciled at once (default 64)
  --no-leader-elect      run without a Lease: one process only
  --namespace NAME       of the Lease (default: POD_NAMESPACE, else agentorchestrator-system)
  --bind ADDRESS         that probes and metrics listen on (default 0.0.0.0)
  --probe-port PORT      /healthz and /readyz (default 8081)
  --metrics-port PORT    /metrics (default 8080)
  --log-level LEVEL      trace, debug, info, warn, error (default info)
  --clock-speed F        run F times as fast as time, beside a simulator of that speed (default 1)
  --help
`;

const flags = {
  "access-config": { type: "string", default: "/etc/agentorchestrator/config.yaml" },
  kubeconfig: { type: "string" },
  interval: { type: "string", default: "60" },
  workers: { type: "string", default: "64" },
  "no-leader-elect": { type: "boolean", default: false },
  namespace: { type: "string" },
  bind: { type: "string", default: "0.0.0.0" },
  "probe-port": { type: "string", default: "8081" },
  "metrics-port": { type: "string", default: "8080" },
  "log-level": { type: "string", default: "info" },
  "clock-speed": { type: "string", default: "1" },
  help: { type: "boolean", default: false },
} as const;

/**
 * @returns the options, or undefined when help was asked for.
 * @throws Error in words for the person at the keyboard: which flag, what it must be.
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options | undefined {
  const { values } = parseArgs({ args: [...args], options: flags, strict: true });
  if (values.help) return undefined;
  const number = (
    flag: "interval" | "workers" | "probe-port" | "metrics-port" | "clock-speed",
    least: number,
    most: number,
  ): number => {
    const value = Number(values[flag]);
    if (!(value >= least && value <= most))
      throw new Error(`--${flag} must be a number from ${least} to ${most}, not ${values[flag]}`);
    return value;
  };
  const level = values["log-level"];
  if (!["trace", "debug", "info", "warn", "error", "silent"].includes(level)) {
    throw new Error(`--log-level must be trace, debug, info, warn or error, not ${level}`);
  }
  return {
    accessConfig: values["access-config"],
    kubeconfig: values.kubeconfig,
    intervalMs: number("interval", 30, 86_400) * 1000,
    workers: number("workers", 1, 1_000),
    leaderElect: !values["no-leader-elect"],
    namespace: values.namespace ?? env.POD_NAMESPACE ?? "agentorchestrator-system",
    bind: values.bind,
    probePort: number("probe-port", 0, 65_535),
    metricsPort: number("metrics-port", 0, 65_535),
    logLevel: level,
    clockSpeed: number("clock-speed", 0.001, 100_000),
  };
}
