export interface BackoffOptions {
  /** Bound of the first delay in milliseconds, 1,000 unless told. */
  readonly baseMs?: number;
  /** Bound of every delay in milliseconds, 32,000 unless told. */
  readonly maxMs?: number;
  /** A number from 0 to below 1; given by tests that must repeat. */
  readonly random?: () => number;
}

/**
 * Exponential backoff with full jitter, by key: the nth delay is anywhere between 0 and min(max, base · 2ⁿ), so that what
 * failed together does not return together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  readonly #failures = new Map<string, number>();

  constructor(options: BackoffOptions = {}) {
    this.#baseMs = options.baseMs ?? 1_000;
    this.#maxMs = options.maxMs ?? 32_000;
    this.#random = options.random ?? Math.random;
  }

  /** Counts a failure and returns the milliseconds to wait. */
  next(key: string): number {
    const failures = this.failures(key);
    this.#failures.set(key, failures + 1);
    // Beyond 2^30 the product would leave the range of safe integers long after maxMs has bounded it.
    return this.#random() * Math.min(this.#maxMs, this.#baseMs * 2 ** Math.min(failures, 30));
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
