import { setTimeout as sleep } from "node:timers/promises";

/** Resolves with what `look` returns once that is neither undefined nor false; rejects with `what` after the deadline. */
export async function until<T>(what: string, look: () => T | Promise<T>, timeoutMs = 5_000): Promise<T & {}> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(5);
  }
}
