import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../clock.ts";
import type { Limit } from "./limits.ts";

interface Caller {
  readonly key: string;
  routine: boolean;
}

const callers = new AsyncLocalStorage<Caller>();

/** Runs `work` on behalf of `caller` (the key of an AgentOrchestrator): what it asks AWS takes turns with others' calls. */
export function actingFor<T>(caller: string, work: () => T): T {
  return callers.run({ key: caller, routine: false }, work);
}

/** What the caller asks for from here on is routine: everybody who changes something or waits for something goes first. */
export function actingRoutinely(): void {
  const caller = callers.getStore();
  if (caller) caller.routine = true;
}

/** Whether who asks has said that it is routine. */
export function isRoutine(): boolean {
  return callers.getStore()?.routine ?? false;
}

/** A wait that would be longer than this is refused at once: the object comes again later and holds no worker meanwhile. */
export const LONGEST_WAIT_MS = 10_000;

/** Our own limit, not AWS's: nothing was sent. */
export class RateLimited extends Error {
  // The name by which errors are classified as a throttle.
  override readonly name = "RequestThrottled";
}

/**
 * Token bucket that finds the rate AWS really grants: a throttled request halves it, at most once a second; each
 * success adds a fiftieth of the published rate, up to that rate (additive increase, multiplicative decrease). Waiting
 * callers take turns, however much one of them asks; those that ask as a routine come after all others.
 */
export class TokenBucket {
  readonly #limit: Limit;
  readonly #clock: Clock;
  #perSecond: number;
  #tokens: number;
  #filledAt: number;
  #slowedAt = Number.NEGATIVE_INFINITY;
  readonly #first = new Line();
  readonly #routine = new Line();
  #serving = false;
  #closed = false;

  constructor(limit: Limit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#perSecond = limit.perSecond;
    this.#tokens = limit.burst;
    this.#filledAt = clock.now();
  }

  /** Requests a second that are allowed now. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /**
   * Resolves when one request may be sent: at once while there are tokens and nobody waits.
   * @throws RateLimited when the wait would be longer than LONGEST_WAIT_MS, or nobody may wait any more.
   */
  async take(): Promise<void> {
    this.#fill();
    const waiting = this.#first.length + this.#routine.length;
    if (waiting === 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      return;
    }
    if (this.#closed) throw this.#stopping();
    const { key, routine } = callers.getStore() ?? { key: "", routine: false };
    const line = routine ? this.#routine : this.#first;
    const before = line.turnsBefore(key) + (routine ? this.#first.length : 0);
    const waitMs = (before + 1 - this.#tokens) * (1000 / this.#perSecond);
    if (waitMs > LONGEST_WAIT_MS) {
      throw new RateLimited(
        `${this.#limit.bucket}: more requests wait than the request rate of the account lets through`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      line.add(key, { resolve, reject });
      if (!this.#serving) void this.#serve();
    });
  }

  /** AWS answered that the rate was too high. */
  throttled(): void {
    this.#fill();
    this.#tokens = Math.min(this.#tokens, 0);
    const now = this.#clock.now();
    if (now - this.#slowedAt < 1000) return;
    this.#slowedAt = now;
    this.#perSecond = Math.max(this.#perSecond / 2, Math.min(0.2, this.#limit.perSecond));
  }

  succeeded(): void {
    if (this.#perSecond >= this.#limit.perSecond) return;
    this.#fill();
    this.#perSecond = Math.min(this.#limit.perSecond, this.#perSecond + this.#limit.perSecond / 50);
  }

  /** From now on nobody waits: who does is refused, and who comes is when there is no token. */
  close(): void {
    this.#closed = true;
    for (const line of [this.#first, this.#routine]) line.refuseAll(this.#stopping());
  }

  #stopping(): RateLimited {
    return new RateLimited(`${this.#limit.bucket}: this process stops, and waits for the request rate no more`);
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    while (this.#first.length + this.#routine.length > 0) {
      this.#fill();
      if (this.#tokens < 1) {
        await this.#clock.sleep(Math.max(1, ((1 - this.#tokens) * 1000) / this.#perSecond));
        continue;
      }
      this.#tokens -= 1;
      (this.#first.length > 0 ? this.#first : this.#routine).serveNext();
    }
    this.#serving = false;
  }

  #fill(): void {
    const now = this.#clock.now();
    // A slowed bucket keeps its share of the burst too, else one pause would allow the full burst again.
    const burst = Math.max(1, this.#limit.burst * (this.#perSecond / this.#limit.perSecond));
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: RateLimited) => void;
}

/** Requests that wait, served in turns of their callers. */
class Line {
  /** By caller; the map's order is whose turn it is. */
  readonly #waiting = new Map<string, Waiting[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** How many are served before a new request of `caller`, when all take turns. */
  turnsBefore(caller: string): number {
    const own = this.#waiting.get(caller)?.length ?? 0;
    let before = own;
    for (const [other, queue] of this.#waiting) if (other !== caller) before += Math.min(queue.length, own + 1);
    return before;
  }

  add(caller: string, request: Waiting): void {
    const queue = this.#waiting.get(caller);
    if (queue) queue.push(request);
    else this.#waiting.set(caller, [request]);
    this.#length += 1;
  }

  refuseAll(error: RateLimited): void {
    for (const queue of this.#waiting.values()) for (const { reject } of queue) reject(error);
    this.#waiting.clear();
    this.#length = 0;
  }

  serveNext(): void {
    for (const [caller, queue] of this.#waiting) {
      const next = queue.shift();
      this.#waiting.delete(caller);
      if (queue.length > 0) this.#waiting.set(caller, queue);
      this.#length -= 1;
      next?.resolve();
      return;
    }
  }
}
