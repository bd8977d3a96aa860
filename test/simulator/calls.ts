/** How a call ended: with an answer, with a refusal of this code, or with no answer at all. */
export type Outcome = "ok" | "lost" | (string & {});

export interface CallRecord {
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly write: boolean;
  /** Milliseconds of the world's clock. */
  readonly at: number;
  /** Whether the rule ran to its end: a lost answer or a 500 may have had its effect. */
  readonly effect: boolean;
  readonly outcome: Outcome;
}

export interface CallFilter {
  readonly service?: string | undefined;
  readonly action?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly write?: boolean | undefined;
  readonly outcome?: Outcome | undefined;
  /** Milliseconds of the world's clock, inclusive. */
  readonly since?: number | undefined;
}

const READS = /^(Describe|List|Get|Head|BatchGet|Lookup|Search|Discover|Simulate|Decode|Assume)/;

/** Whether an action changes anything in the account. AssumeRole and the like do not. */
export const isWrite = (action: string): boolean => !READS.test(action);

/** Every call that reached the simulator, in order; the oldest go when there are more than `keep`. */
export class CallLog {
  readonly #records: CallRecord[] = [];
  readonly #keep: number;

  constructor(keep: number = 1_000_000) {
    this.#keep = keep;
  }

  add(record: CallRecord): void {
    this.#records.push(record);
    if (this.#records.length > this.#keep * 1.1) this.#records.splice(0, this.#records.length - this.#keep);
  }

  find(filter: CallFilter = {}): readonly CallRecord[] {
    const { since, ...rest } = filter;
    const wanted = Object.entries(rest).filter(([, value]) => value !== undefined);
    return this.#records.filter(
      (record) =>
        (since === undefined || record.at >= since) &&
        wanted.every(([key, value]) => record[key as keyof CallRecord] === value),
    );
  }

  count(filter: CallFilter = {}): number {
    return this.find(filter).length;
  }

  /** Number of calls by "service:action", the most frequent first. */
  byAction(filter: CallFilter = {}): Readonly<Record<string, number>> {
    const counts = new Map<string, number>();
    for (const { service, action } of this.find(filter)) {
      const key = `${service}:${action}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
  }

  clear(): void {
    this.#records.length = 0;
  }
}
