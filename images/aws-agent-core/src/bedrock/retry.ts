import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  /** How often `work` is done at most. */
  readonly attempts: number;
  /** Ends a pause at once. */
  readonly signal: AbortSignal;
  /** Whether the failure may pass. */
  mayTryAgain(error: unknown): boolean;
  /** Pause before the second attempt at most; it doubles with each. */
  baseMs(error: unknown): number;
  /** Pause that the other side asks for. */
  askedMs(error: unknown): number | undefined;
  /** Told before each pause. */
  onPause?(error: unknown, attempt: number, milliseconds: number): void;
  /** From 0 to 1, as Math.random. */
  readonly random?: () => number;
}

/** Longest pause. Who is asked to wait longer is told so: his caller decides. */
export const LONGEST_PAUSE_MS = 5_000;

/**
 * Does `work` until it succeeds, fails for good, or has been tried often enough; between attempts it pauses with full
 * jitter, at least as long as it is asked to.
 *
 * https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 *
 * @throws what `work` threw last, or the signal's reason
 */
export async function withRetries<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, signal, random = Math.random } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      // A cut connection and our own end of it look alike: only the signal tells them apart.
      signal.throwIfAborted();
      const asked = options.askedMs(error) ?? 0;
      if (attempt >= attempts || asked > LONGEST_PAUSE_MS || !options.mayTryAgain(error)) throw error;
      const most = Math.min(LONGEST_PAUSE_MS, options.baseMs(error) * 2 ** (attempt - 1));
      const milliseconds = Math.round(Math.max(asked, random() * most));
      options.onPause?.(error, attempt, milliseconds);
      await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
