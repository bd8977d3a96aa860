import { Heap } from "../test/simulator/clock/heap.ts";

/** One resource to make: what it waits for, how long it takes, and which of AWS's request rates its create draws on. */
export interface Work {
  readonly id: string;
  /** Ids of what must be ready before it is created. */
  readonly dependsOn: readonly string[];
  /** Milliseconds from its create call to ready, the latency of the calls included. */
  readonly ms: number;
  /** The calls that creating it takes, in order, each by the name of its token bucket; undefined: AWS limits it not. */
  readonly calls: readonly (string | undefined)[];
}

/** A token bucket: so many calls at once, and so many a second for ever. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Milliseconds that a graph takes when every resource is created in the moment in which the last that it depends on is
 * ready: the longest way through its edges, each resource counted with its time from create to ready. Nothing that keeps
 * the graph's order is faster.
 * @param work dependencies before dependents
 */
export function criticalPath(work: readonly Work[]): number {
  const readyAt = new Map<string, number>();
  for (const { id, dependsOn, ms } of work) {
    readyAt.set(id, Math.max(0, ...dependsOn.map((other) => readyAt.get(other) ?? 0)) + ms);
  }
  return Math.max(0, ...readyAt.values());
}

/**
 * Milliseconds after which each of several platforms is ready that one account starts to make at once, when every
 * create is sent as soon as its dependencies are ready and AWS's request rates let it through, and nobody ever has to
 * look: what is left of the critical path where a hundred platforms want a thousand calls of a bucket that gives one a
 * second. Who waits for a bucket is served in order of asking; of those who ask together, whoever has the longer way to go.
 * @param work of one platform, dependencies before dependents
 * @returns ascending
 */
export function withinRates(
  work: readonly Work[],
  platforms: number,
  rateOf: (bucket: string) => Rate | undefined,
): readonly number[] {
  const remaining = remainingMs(work);
  const dependents = new Map(work.map(({ id }) => [id, work.filter(({ dependsOn }) => dependsOn.includes(id))]));
  const buckets = new Map<string, Bucket>();
  const take = (name: string | undefined, at: number): number => {
    const rate = name === undefined ? undefined : rateOf(name);
    if (name === undefined || !rate) return at;
    const bucket = buckets.get(name) ?? new Bucket(rate);
    buckets.set(name, bucket);
    return bucket.take(at);
  };
  const open = new Map<string, number>();
  const queue = new Heap<Step>((a, b) => a.at - b.at || b.left - a.left);
  const readyAt = Array.from({ length: platforms }, () => 0);
  for (let platform = 0; platform < platforms; platform++) {
    for (const one of work) {
      open.set(`${platform} ${one.id}`, one.dependsOn.length);
      if (one.dependsOn.length === 0)
        queue.push({ at: 0, left: remaining.get(one.id) ?? 0, platform, work: one, call: 0 });
    }
  }
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { at, left, platform, work: one, call } = next;
    if (call < one.calls.length) {
      // The latency of the call itself is in `ms`: here only what the bucket adds.
      queue.push({ ...next, at: take(one.calls[call], at), call: call + 1 });
      continue;
    }
    if (call === one.calls.length) {
      queue.push({ at: at + one.ms, left, platform, work: one, call: call + 1 });
      continue;
    }
    readyAt[platform] = Math.max(readyAt[platform] ?? 0, at);
    for (const other of dependents.get(one.id) ?? []) {
      const key = `${platform} ${other.id}`;
      const missing = (open.get(key) ?? 0) - 1;
      open.set(key, missing);
      if (missing === 0) queue.push({ at, left: remaining.get(other.id) ?? 0, platform, work: other, call: 0 });
    }
  }
  return readyAt.sort((a, b) => a - b);
}

/** Milliseconds from each resource's create to the end of the longest way that leads on from it. */
function remainingMs(work: readonly Work[]): ReadonlyMap<string, number> {
  const remaining = new Map<string, number>();
  for (const { id, ms } of work.toReversed()) {
    const after = work.filter(({ dependsOn }) => dependsOn.includes(id)).map((other) => remaining.get(other.id) ?? 0);
    remaining.set(id, ms + Math.max(0, ...after));
  }
  return remaining;
}

class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** When a call that asks at `at` goes through. Asked in order of time. */
  take(at: number): number {
    const { burst, perSecond } = this.#rate;
    if (at > this.#at) {
      this.#tokens = Math.min(burst, this.#tokens + ((at - this.#at) / 1000) * perSecond);
      this.#at = at;
    }
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return this.#at;
    }
    this.#at += ((1 - this.#tokens) * 1000) / perSecond;
    this.#tokens = 0;
    return this.#at;
  }
}

interface Step {
  readonly at: number;
  readonly left: number;
  readonly platform: number;
  readonly work: Work;
  /** How many of its calls have gone through; one more than there are: it is ready. */
  readonly call: number;
}
