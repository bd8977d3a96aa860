import { type Clock, systemClock } from "../clock.ts";
import { microTime } from "../kube/micro-time.ts";
import type { Lease, LeaseStore } from "./lease.ts";

/** Milliseconds. The defaults are client-go's: k8s.io/component-base/config/v1alpha1/defaults.go */
export interface LeaseTiming {
  /** After how long without a renewal others take the lease. 15,000. */
  readonly durationMs: number;
  /** After how long without a renewal the holder stops to lead; less than the duration, so that two never lead. 10,000. */
  readonly renewDeadlineMs: number;
  /** Between two attempts. 2,000. */
  readonly retryMs: number;
}

export interface ElectorOptions {
  readonly leases: LeaseStore;
  /** Different for every process, restarts included. */
  readonly identity: string;
  readonly timing?: LeaseTiming;
  /** Real time, unless a test gives another: a lease is agreed with processes that know no other. */
  readonly clock?: Clock;
  /** Told of failed attempts, which are repeated. */
  readonly onError?: (error: unknown) => void;
  readonly random?: () => number;
}

const defaults: LeaseTiming = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/**
 * Leader election by a Lease, with client-go's protocol (k8s.io/client-go/tools/leaderelection). Nothing depends on clocks that
 * agree: whoever wants the lease watches how long it stays unchanged on its own clock. It does not fence: a process that was
 * stopped can carry out what it had begun, so ask {@link isLeader} before each write to the outside.
 */
export class LeaderElector {
  readonly #leases: LeaseStore;
  readonly #identity: string;
  readonly #timing: LeaseTiming;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #random: () => number;
  #observed: { readonly lease: Lease; readonly at: number } | undefined;
  /** When the request of the last renewal was sent: the lease is ours for its duration from then on, at least. */
  #renewedAt: number | undefined;

  constructor(options: ElectorOptions) {
    this.#leases = options.leases;
    this.#identity = options.identity;
    this.#timing = options.timing ?? defaults;
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? (() => {});
    this.#random = options.random ?? Math.random;
  }

  /** Whether this process leads: false from the moment the renew deadline has passed, whatever has been noticed by then. */
  isLeader(): boolean {
    return this.#renewedAt !== undefined && this.#clock.now() - this.#renewedAt < this.#timing.renewDeadlineMs;
  }

  /**
   * Waits until it leads and then calls `lead`, whose signal aborts when the lease is lost or `signal` aborts. In the latter case the
   * lease is renewed until `lead` has returned, and then released, so that another process takes over at its next attempt.
   * Resolves with "lost" or "stopped"; once lost, the process should end. Rejects only with what `lead` throws.
   */
  async run(signal: AbortSignal, lead: (leading: AbortSignal) => Promise<void>): Promise<"lost" | "stopped"> {
    while (!(await this.#attempt())) {
      if (signal.aborted) return "stopped";
      // Jittered like client-go's, or candidates that started together would race for ever.
      await this.#clock.sleep(this.#timing.retryMs * (1 + this.#random()), signal);
    }
    const leading = new AbortController();
    const finished = new AbortController();
    const stop = () => leading.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const work = lead(leading.signal).finally(() => finished.abort());
    // Awaited below; until then a rejection is not an unhandled one.
    work.catch(() => {});
    const lost = await this.#keep(finished.signal);
    leading.abort();
    signal.removeEventListener("abort", stop);
    if (!lost) await this.#release();
    await work;
    return lost ? "lost" : "stopped";
  }

  /** Renews until `finished` aborts; true when the lease was lost before that. */
  async #keep(finished: AbortSignal): Promise<boolean> {
    while (!finished.aborted) {
      const left = (this.#renewedAt ?? 0) + this.#timing.renewDeadlineMs - this.#clock.now();
      await this.#clock.sleep(Math.min(this.#timing.retryMs, left), finished);
      if (finished.aborted) break;
      await this.#within(this.#attempt());
      if (!this.isLeader()) {
        this.#renewedAt = undefined;
        return true;
      }
    }
    return false;
  }

  /** Waits for `attempt`, but not beyond the renew deadline. */
  async #within(attempt: Promise<boolean>): Promise<void> {
    const left = (this.#renewedAt ?? 0) + this.#timing.renewDeadlineMs - this.#clock.now();
    const answered = new AbortController();
    await Promise.race([attempt.finally(() => answered.abort()), this.#clock.sleep(left, answered.signal)]);
  }

  /** Takes or renews the lease if it may; true when it then holds it. Never rejects. */
  async #attempt(): Promise<boolean> {
    try {
      const started = this.#clock.now();
      const current = await this.#leases.read();
      this.#observe(current, started);
      const holder = current?.holder ?? "";
      if (holder !== "" && holder !== this.#identity) {
        this.#renewedAt = undefined;
        const validMs = (current?.durationSeconds ?? 0) * 1_000;
        if (started - (this.#observed?.at ?? started) < validMs) return false;
      }
      const taken = await this.#leases.write(this.#ours(current));
      this.#observe(taken, started);
      this.#renewedAt = started;
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  #ours(current: Lease | undefined): Lease {
    const renewal = current?.holder === this.#identity;
    return {
      resourceVersion: current?.resourceVersion ?? "",
      holder: this.#identity,
      durationSeconds: Math.ceil(this.#timing.durationMs / 1_000),
      transitions: (current?.transitions ?? 0) + (renewal || current === undefined ? 0 : 1),
      acquireTime: renewal ? current.acquireTime : microTime(),
    };
  }

  #observe(lease: Lease | undefined, at: number): void {
    if (lease === undefined) this.#observed = undefined;
    else if (lease.resourceVersion !== this.#observed?.lease.resourceVersion) this.#observed = { lease, at };
  }

  async #release(): Promise<void> {
    this.#renewedAt = undefined;
    const held = this.#observed?.lease;
    if (held?.holder !== this.#identity) return;
    // As client-go leaves it: valid for a second, held by nobody.
    await this.#leases.write({ ...held, holder: "", durationSeconds: 1 }).catch(this.#onError);
  }
}
