import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { WorkQueue } from "./watch/queue.ts";

/** Measures of the work queue and of passes over AgentOrchestrators. */
export interface PassMetrics {
  watch(queue: WorkQueue): void;
  ended(outcome: "ok" | "error", seconds: number): void;
}

/** In Prometheus' form, registered in `registry`; names follow controller-runtime's, with our prefix. */
export function passMetrics(registry: Registry): PassMetrics {
  const registers = [registry];
  const passes = new Counter({
    name: "agentorchestrator_reconcile_total",
    help: "Passes by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "agentorchestrator_reconcile_seconds",
    help: "Duration of a pass.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  return {
    watch(queue) {
      new Gauge({
        name: "agentorchestrator_workqueue_depth",
        help: "Objects that wait for a worker.",
        registers,
        collect() {
          this.set(queue.depth);
        },
      });
    },
    ended(outcome, duration) {
      passes.inc({ outcome });
      seconds.observe(duration);
    },
  };
}
