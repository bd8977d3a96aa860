import type { WorkQueue } from "./queue.ts";

export interface WorkerOptions {
  readonly queue: WorkQueue;
  /** How many keys are handled at once. */
  readonly workers: number;
  /** Brings `key` nearer to what it should be, and returns the milliseconds until it wants to look again, or nothing. */
  readonly handle: (key: string) => Promise<number | undefined>;
  /** Told of each error that `handle` throws, with the delay after which the key is tried again. */
  readonly onError: (key: string, error: unknown, retryMs: number) => void;
}

/**
 * Handles keys until `signal` aborts, and then resolves once the passes that have begun are finished: none is cut off. A pass
 * that throws is repeated with growing delays. One key that fails or takes long holds up no other while a worker is free.
 */
export async function runWorkers(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  const close = () => queue.close();
  if (signal.aborted) close();
  signal.addEventListener("abort", close, { once: true });
  await Promise.all(Array.from({ length: options.workers }, () => work(options)));
  signal.removeEventListener("abort", close);
}

async function work({ queue, handle, onError }: WorkerOptions): Promise<void> {
  for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
    const { key } = taken;
    try {
      const againMs = await handle(key);
      queue.forget(key);
      if (againMs !== undefined) queue.addAfter(key, againMs);
    } catch (error) {
      onError(key, error, queue.retry(key));
    } finally {
      taken.done();
    }
  }
}
