import { AgentError } from "@agentorchestrator/shared";
import type { Session } from "./session.ts";

export interface PoolLimits {
  /** Sessions at once. */
  readonly size: number;
  /** Longest wait for one. */
  readonly waitMs: number;
  /** Older sessions are closed when they are given back: keys, roles and parameters change. */
  readonly maxAgeMs: number;
  /** A session that lay idle longer is asked whether it still lives before it is used. */
  readonly idleCheckMs: number;
}

interface Waiter {
  /** A session, or undefined when there is room to open one. */
  readonly wake: (session: Session | undefined) => void;
}

/**
 * Sessions that are opened when needed and used by one at a time; who comes while all are in use waits in line. The
 * driver's own pool is not used: it keeps no error codes, and cannot read a rotated key.
 */
export class SessionPool {
  readonly #open: () => Promise<Session>;
  readonly #limits: PoolLimits;
  /** The one that was given back last is at the end, and used first. */
  readonly #idle: { readonly session: Session; readonly since: number }[] = [];
  readonly #waiters: Waiter[] = [];
  /** Sessions that are open or being opened. */
  #count = 0;
  #closed = false;

  constructor(open: () => Promise<Session>, limits: PoolLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /**
   * Runs `work` with a session of its own.
   *
   * @throws AgentError 503 PoolExhausted when none is free in time, whatever opening a session throws, and what `work`
   *   throws; the signal's reason when it fires while waiting
   */
  async use<T>(signal: AbortSignal | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#acquire(signal);
    try {
      return await work(session);
    } finally {
      this.#release(session);
    }
  }

  /** Takes a session out of the pool until it is given back, for work that outlives a function's call. */
  async borrow(signal: AbortSignal | undefined): Promise<{ session: Session; giveBack: () => void }> {
    const session = await this.#acquire(signal);
    let lent = true;
    return {
      session,
      giveBack: () => {
        if (lent) this.#release(session);
        lent = false;
      },
    };
  }

  /** Logs all sessions out. Those in use are logged out when they are given back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.wake(undefined);
    await Promise.all(this.#idle.splice(0).map(({ session }) => this.#drop(session)));
  }

  async #acquire(signal: AbortSignal | undefined): Promise<Session> {
    const deadline = performance.now() + this.#limits.waitMs;
    for (;;) {
      signal?.throwIfAborted();
      if (this.#closed) throw new AgentError("Draining", "the agent is stopping: ask another replica", { status: 503 });
      const found = (await this.#takeIdle()) ?? (await this.#openOne()) ?? (await this.#wait(signal, deadline));
      if (found) return found;
    }
  }

  async #takeIdle(): Promise<Session | undefined> {
    for (let entry = this.#idle.pop(); entry; entry = this.#idle.pop()) {
      const { session, since } = entry;
      const fresh = performance.now() - since < this.#limits.idleCheckMs ? session.usable : await session.check();
      if (fresh && !this.#tooOld(session)) return session;
      void this.#drop(session);
    }
    return undefined;
  }

  async #openOne(): Promise<Session | undefined> {
    if (this.#count >= this.#limits.size) return undefined;
    this.#count += 1;
    try {
      return await this.#open();
    } catch (error) {
      this.#count -= 1;
      this.#waiters.shift()?.wake(undefined);
      throw error;
    }
  }

  async #wait(signal: AbortSignal | undefined, deadline: number): Promise<Session | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Session | undefined>();
    const waiter: Waiter = { wake: resolve };
    const leave = (reason: unknown) => {
      const index = this.#waiters.indexOf(waiter);
      if (index < 0) return;
      this.#waiters.splice(index, 1);
      reject(reason);
    };
    const { size, waitMs } = this.#limits;
    const exhausted = () => {
      const message = `all ${size} sessions were in use for ${waitMs / 1_000} s: try again later, or raise SNOWFLAKE_POOL_SIZE or replicas`;
      leave(new AgentError("PoolExhausted", message, { status: 503, retryAfterSeconds: 2 }));
    };
    const aborted = () => leave(signal?.reason);
    const timer = setTimeout(exhausted, Math.max(0, deadline - performance.now()));
    signal?.addEventListener("abort", aborted, { once: true });
    this.#waiters.push(waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    }
  }

  #release(session: Session): void {
    if (this.#closed || !session.usable || this.#tooOld(session)) return void this.#drop(session);
    const waiter = this.#waiters.shift();
    if (waiter) waiter.wake(session);
    else this.#idle.push({ session, since: performance.now() });
  }

  /** Its place is free at once, so that nobody waits for a logout. */
  async #drop(session: Session): Promise<void> {
    this.#count -= 1;
    this.#waiters.shift()?.wake(undefined);
    await session.close();
  }

  #tooOld(session: Session): boolean {
    return performance.now() - session.openedAt > this.#limits.maxAgeMs;
  }
}
