import type { Clock } from "../clock.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";

/** An item that a worker holds. Call `done` once it is finished with, whatever the result. */
export interface Taken {
  readonly key: string;
  done(): void;
}

/**
 * A work queue of keys with client-go's guarantees (k8s.io/client-go/util/workqueue): a key that is added several times before
 * a worker takes it is taken once; a key is never with two workers; one that is added while a worker has it is taken again
 * afterwards, so the last change is always seen. First in, first out.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #ready: string[] = [];
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #later = new Map<string, { readonly at: number; readonly cancel: AbortController }>();
  readonly #waiting: ((taken: Taken | undefined) => void)[] = [];
  #closed = false;

  constructor(clock: Clock, backoff?: BackoffOptions) {
    this.#clock = clock;
    this.#backoff = new Backoff(backoff);
  }

  /** Keys that wait for a worker; those with a worker or due later are not counted. */
  get depth(): number {
    return this.#ready.length;
  }

  /** Keys that workers hold. */
  get active(): number {
    return this.#processing.size;
  }

  /** Makes `key` due now. */
  add(key: string): void {
    if (this.#closed || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#offer(key);
  }

  /**
   * A worker takes `key` within `ms` milliseconds. Of several calls the earliest counts, and a worker that takes the key
   * sooner, for whatever cause, settles them all: what it then finds decides when to look again.
   */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.now() + ms;
    const planned = this.#later.get(key);
    if (planned !== undefined && planned.at <= at) return;
    planned?.cancel.abort();
    const cancel = new AbortController();
    this.#later.set(key, { at, cancel });
    void this.#clock.sleep(ms, cancel.signal).then(() => {
      if (cancel.signal.aborted) return;
      this.#later.delete(key);
      this.add(key);
    });
  }

  /** Adds `key` after a delay that grows with each call until {@link forget}, and returns the delay in milliseconds. */
  retry(key: string): number {
    const ms = this.#backoff.next(key);
    this.addAfter(key, ms);
    return ms;
  }

  /** Ends the growth of the delay: the key was handled without error. */
  forget(key: string): void {
    this.#backoff.forget(key);
  }

  /** How often `key` was retried since it was last forgotten. */
  retries(key: string): number {
    return this.#backoff.failures(key);
  }

  /** The next key once there is one; undefined when the queue is closed. */
  take(): Promise<Taken | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const key = this.#ready.shift();
    if (key !== undefined) return Promise.resolve(this.#hand(key));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the queue: nothing is added or taken any more. What workers hold is theirs to finish. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#later.values()) cancel.abort();
    this.#later.clear();
    this.#ready.length = 0;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #offer(key: string): void {
    const worker = this.#waiting.shift();
    if (worker !== undefined) worker(this.#hand(key));
    else this.#ready.push(key);
  }

  #hand(key: string): Taken {
    this.#dirty.delete(key);
    this.#processing.add(key);
    this.#later.get(key)?.cancel.abort();
    this.#later.delete(key);
    return { key, done: () => this.#done(key) };
  }

  #done(key: string): void {
    if (this.#processing.delete(key) && this.#dirty.has(key) && !this.#closed) this.#offer(key);
  }
}
