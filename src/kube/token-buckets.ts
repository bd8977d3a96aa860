// More objects than this at once would be several clusters' worth; the one unused for longest starts over with a full bucket.
const rememberedBuckets = 5_000;

/** One token bucket a key: `burst` tokens at first, and a new one every `refillMs` milliseconds up to that number. */
export class TokenBuckets {
  readonly #burst: number;
  readonly #refillMs: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(burst: number, refillMs: number) {
    this.#burst = burst;
    this.#refillMs = refillMs;
  }

  /** Takes a token of `key` at the time `now` in milliseconds; false when there is none. */
  take(key: string, now: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    const refilled = Math.min(this.#burst, bucket.tokens + (now - bucket.at) / this.#refillMs);
    const granted = refilled >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: granted ? refilled - 1 : refilled, at: now });
    if (this.#buckets.size > rememberedBuckets) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    return granted;
  }
}
