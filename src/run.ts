import { actingFor } from "./aws/token-bucket.ts";
import { formatKey } from "./kube/object-store.ts";
import type { Operator } from "./operator.ts";
import type { PassMetrics } from "./pass-metrics.ts";
import { reconcile } from "./reconcile.ts";
import { WorkQueue } from "./watch/queue.ts";
import { runWorkers } from "./watch/workers.ts";

export interface RunOptions {
  /** Objects that are reconciled at once. */
  readonly workers: number;
  readonly metrics?: PassMetrics | undefined;
}

/**
 * Watches AgentOrchestrators and reconciles them until `signal` aborts; then lets passes that have begun come to their
 * end, for a pass never waits for AWS.
 */
export async function runOperator(
  operator: Operator,
  { workers, metrics }: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  const queue = new WorkQueue(operator.clock);
  metrics?.watch(queue);
  const watching = operator.store.watch((key) => queue.add(formatKey(key)), signal);
  const handle = async (key: string): Promise<number | undefined> => {
    const began = performance.now();
    let outcome: "ok" | "error" = "error";
    try {
      const againMs = await actingFor(key, () => reconcile(operator, key));
      outcome = "ok";
      return againMs;
    } finally {
      const seconds = (performance.now() - began) / 1000;
      metrics?.ended(outcome, seconds);
      operator.log.debug({ key, outcome, seconds }, "pass");
    }
  };
  const onError = (key: string, error: unknown, retryMs: number): void =>
    operator.log.error({ key, error: String(error), retryMs: Math.round(retryMs) }, "pass failed");
  await runWorkers({ queue, workers, handle, onError }, signal);
  await watching;
}
