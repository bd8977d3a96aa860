import { type Rate, rateOf } from "./rates.ts";

interface Level {
  tokens: number;
  at: number;
}

export interface BucketOptions {
  /** Buckets in place of AWS's, by "service:action"; null lifts the limit. */
  readonly rates?: Readonly<Record<string, Rate | null>>;
}

/** Token buckets by account, region and action, as AWS keeps them. Starts full. */
export class Buckets {
  readonly #levels = new Map<string, Level>();
  readonly #options: BucketOptions;
  readonly #now: () => number;

  constructor(now: () => number, options: BucketOptions = {}) {
    this.#now = now;
    this.#options = options;
  }

  /** Whether the call may go on. One that may not costs nothing. */
  take(call: { account: string; region: string; service: string; action: string; input: object }): boolean {
    const override = this.#options.rates?.[`${call.service}:${call.action}`];
    if (override === null) return true;
    const found = override ? { bucket: call.action, rate: override } : rateOf(call.service, call.action, call.input);
    if (!found) return true;
    const { burst, perSecond } = found.rate;
    const key = `${call.account}/${call.region}/${call.service}/${found.bucket}`;
    const now = this.#now();
    const level = this.#levels.get(key) ?? { tokens: burst, at: now };
    this.#levels.set(key, level);
    level.tokens = Math.min(burst, level.tokens + ((now - level.at) / 1000) * perSecond);
    level.at = now;
    if (level.tokens < 1) return false;
    level.tokens -= 1;
    return true;
  }

  refill(): void {
    this.#levels.clear();
  }
}
