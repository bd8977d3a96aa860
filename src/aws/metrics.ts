import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What a call of AWS came to: "ok", or the error's class. */
export type Outcome = string;

/** Measures of all calls to AWS by service (IAM prefix) and action. */
export interface CallMetrics {
  started(service: string, action: string): void;
  /** One attempt ended. */
  ended(service: string, action: string, outcome: Outcome, seconds: number): void;
  retried(service: string, action: string): void;
}

export const noMetrics: CallMetrics = { started: () => {}, ended: () => {}, retried: () => {} };

/** Metrics in Prometheus' form, registered in `registry`. Every retry is an attempt of its own in the totals. */
export function prometheusMetrics(registry: Registry): CallMetrics {
  const labelNames = ["service", "action"] as const;
  const registers = [registry];
  const inFlight = new Gauge({
    name: "agentorchestrator_aws_requests_in_flight",
    help: "Requests to AWS that have no answer yet.",
    labelNames,
    registers,
  });
  const requests = new Counter({
    name: "agentorchestrator_aws_requests_total",
    help: "Requests to AWS by outcome: ok, or the class of the error.",
    labelNames: [...labelNames, "outcome"],
    registers,
  });
  const throttles = new Counter({
    name: "agentorchestrator_aws_throttles_total",
    help: "Requests that AWS, or our own limit for it, refused as too many.",
    labelNames,
    registers,
  });
  const retries = new Counter({
    name: "agentorchestrator_aws_retries_total",
    help: "Requests that were sent again within one call.",
    labelNames,
    registers,
  });
  const latency = new Histogram({
    name: "agentorchestrator_aws_request_seconds",
    help: "Time from sending a request to its answer.",
    labelNames,
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  return {
    started: (service, action) => inFlight.inc({ service, action }),
    ended: (service, action, outcome, seconds) => {
      inFlight.dec({ service, action });
      requests.inc({ service, action, outcome });
      if (outcome === "throttle") throttles.inc({ service, action });
      latency.observe({ service, action }, seconds);
    },
    retried: (service, action) => retries.inc({ service, action }),
  };
}
