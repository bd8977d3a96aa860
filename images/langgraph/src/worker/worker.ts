import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "@agentorchestrator/shared";
import type { Database } from "../database.ts";
import type { Changes } from "../store/changes.ts";
import { type Claim, claim, extend, LeaseLost } from "../store/lease.ts";
import type { Driver } from "./driver.ts";
import { Loop } from "./loop.ts";

export interface WorkerOptions {
  /** Workflows in hand at once. */
  readonly concurrency: number;
  /** A replica that has not extended its lease for so long is taken for dead. */
  readonly leaseMs: number;
  /** How often work is looked for when nobody tells of any. */
  readonly pollMs: number;
}

interface Held {
  readonly claim: Claim;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Claims workflows that are due and has them driven, as many at once as it may, and keeps their leases. */
export class Worker {
  readonly #owner = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  readonly #database: Database;
  readonly #driver: Driver;
  readonly #options: WorkerOptions;
  readonly #log: Logger;
  readonly #held = new Map<string, Held>();
  readonly #draining = new AbortController();
  readonly #claiming: Loop;
  readonly #extending: Loop;
  #extended = 0;

  constructor(database: Database, driver: Driver, changes: Changes, log: Logger, options: WorkerOptions) {
    this.#database = database;
    this.#driver = driver;
    this.#options = options;
    this.#log = log;
    this.#claiming = new Loop("claiming workflows", options.pollMs, log, () => this.#claim());
    this.#extending = new Loop("extending leases", options.leaseMs / 4, log, () => this.#extend());
    changes.on("due", () => this.#claiming.wake());
    changes.on("ended", (id) => this.#held.get(id)?.abort.abort(new LeaseLost(id)));
  }

  start(): void {
    this.#claiming.start();
    this.#extending.start();
  }

  /** Claims nothing and begins no step any more. Steps in hand go on. */
  drain(): void {
    this.#draining.abort();
    void this.#claiming.stop();
  }

  /** Waits up to `graceMs` for the steps in hand, aborts what is left, and gives every workflow back. */
  async stop(graceMs: number): Promise<void> {
    this.drain();
    await this.#claiming.stop();
    const cut = setTimeout(() => {
      this.#log.warn({ workflows: this.#held.size }, "steps in hand are cut off: the time to drain is over");
      for (const { claim, abort } of this.#held.values()) abort.abort(this.#driver.cut(claim));
    }, graceMs);
    await Promise.all([...this.#held.values()].map(({ done }) => done));
    clearTimeout(cut);
    await this.#extending.stop();
  }

  async #claim(): Promise<boolean> {
    const { concurrency, leaseMs } = this.#options;
    const limit = concurrency - this.#held.size;
    if (limit <= 0 || this.#draining.signal.aborted) return false;
    const claims = await claim(this.#database, this.#owner, { limit, leaseMs });
    if (this.#held.size === 0) this.#extended = performance.now();
    for (const each of claims) this.#drive(each);
    return claims.length === limit;
  }

  #drive(claim: Claim): void {
    const id = claim.workflowId;
    const before = this.#held.get(id);
    before?.abort.abort(new LeaseLost(id));
    const abort = new AbortController();
    const done = this.#driver.drive(claim, abort.signal, this.#draining.signal).finally(() => {
      if (this.#held.get(id)?.claim === claim) this.#held.delete(id);
      this.#claiming.wake();
    });
    this.#held.set(id, { claim, abort, done });
  }

  /** Aborts what another replica has claimed, and everything when the database was away for longer than a lease. */
  async #extend(): Promise<boolean> {
    const held = [...this.#held.values()];
    if (held.length === 0) return false;
    try {
      const still = await extend(
        this.#database,
        held.map(({ claim }) => claim),
        this.#options.leaseMs,
      );
      this.#extended = performance.now();
      for (const { claim, abort } of held) {
        if (!still.has(claim.workflowId)) abort.abort(new LeaseLost(claim.workflowId));
      }
    } catch (error) {
      if (performance.now() - this.#extended > this.#options.leaseMs) {
        for (const { claim, abort } of held) abort.abort(new LeaseLost(claim.workflowId));
      }
      throw error;
    }
    return false;
  }
}
