import { fits } from "../limits/rates.ts";
import { seededRandom } from "../random.ts";

/** What goes wrong with a call. */
export type Fault =
  /** Refused with the service's throttling code; nothing happened. */
  | { readonly kind: "throttle" }
  /** Refused as not authorized; nothing happened. */
  | { readonly kind: "denied" }
  /** Refused because the credentials have expired; nothing happened. */
  | { readonly kind: "expired" }
  /** A refusal of any code; nothing happened. */
  | { readonly kind: "refuse"; readonly code: string; readonly message?: string; readonly status?: number }
  /** A 500 in place of the effect, or after it. */
  | { readonly kind: "error"; readonly after?: boolean }
  /** The connection breaks: after the effect, or before the request was taken. */
  | { readonly kind: "lost"; readonly before?: boolean }
  /** Reads show the state of this many milliseconds ago. */
  | { readonly kind: "stale"; readonly ms: number }
  /** The answer comes this much later than the effect. */
  | { readonly kind: "slow"; readonly ms: number };

/** Which calls a fault is for: those that fit everything that is said. */
export interface FaultRule {
  readonly fault: Fault;
  /** Signing name. */
  readonly service?: string;
  /** API name, or a beginning and "*". */
  readonly action?: string;
  readonly account?: string;
  readonly region?: string;
  readonly write?: boolean;
  /** Only the nth fitting call (1: the first), or each of these. */
  readonly nth?: number | readonly number[];
  /** Each fitting call by this chance. */
  readonly probability?: number;
  /** At most so many times. */
  readonly times?: number;
}

export interface FaultCall {
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly write: boolean;
}

interface Standing {
  readonly rule: FaultRule;
  seen: number;
  struck: number;
}

/** The faults that stand, struck by a chance of their own: adding one changes nothing else in the world. */
export class Faults {
  readonly #seed: number;
  #random: () => number;
  #standing: Standing[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }

  /** Returns what takes it away again. */
  add(rule: FaultRule): () => void {
    const standing: Standing = { rule, seen: 0, struck: 0 };
    this.#standing.push(standing);
    return () => {
      this.#standing = this.#standing.filter((one) => one !== standing);
    };
  }

  clear(): void {
    this.#standing = [];
    this.#random = seededRandom(this.#seed);
  }

  get rules(): readonly FaultRule[] {
    return this.#standing.map(({ rule }) => rule);
  }

  /** The faults that strike this call, in the order in which they were added. */
  strike(call: FaultCall): readonly Fault[] {
    const struck: Fault[] = [];
    for (const standing of this.#standing) {
      const { rule } = standing;
      if (!concerns(rule, call)) continue;
      standing.seen += 1;
      if (rule.times !== undefined && standing.struck >= rule.times) continue;
      if (rule.nth !== undefined && ![rule.nth].flat().includes(standing.seen)) continue;
      if (rule.probability !== undefined && this.#random() >= rule.probability) continue;
      standing.struck += 1;
      struck.push(rule.fault);
    }
    return struck;
  }
}

const concerns = (rule: FaultRule, call: FaultCall): boolean =>
  (rule.service === undefined || rule.service === call.service) &&
  (rule.action === undefined || fits(rule.action, call.action)) &&
  (rule.account === undefined || rule.account === call.account) &&
  (rule.region === undefined || rule.region === call.region) &&
  (rule.write === undefined || rule.write === call.write);
