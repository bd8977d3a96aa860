import type { SimulatorClock } from "./clock.ts";
import { Heap } from "./heap.ts";

interface Timer {
  readonly at: number;
  /** Whether somebody waits for it: only that makes time go on. */
  readonly sleeper: boolean;
  cancelled: boolean;
  fire(): void;
}

/** Turns of the event loop without a new timer or call, after which all is taken to be quiet. */
const QUIET_TURNS = 3;

/** Where virtual time begins unless it is said otherwise: 2026-01-01T00:00:00Z. */
export const VIRTUAL_START = Date.UTC(2026, 0, 1);

/**
 * Time that moves only when nobody has anything left to do at the present moment: once a few turns of the event loop
 * have brought no new timer and nothing is busy, it jumps to the next timer. Timers run in order of time, and at the
 * same time in the order in which they were set, so that a run repeats itself exactly.
 *
 * It goes on only for somebody who sleeps: effects of the world alone do not move it (`advance` does), and so a world
 * that would go on for ever does not keep a test alive. Work that waits for something real (a socket, a file) must be
 * wrapped in `busy`, or time overtakes it.
 */
export class VirtualClock implements SimulatorClock {
  readonly #timers = new Heap<Timer>((a, b) => a.at - b.at);
  #now: number;
  #sleepers = 0;
  #busy = 0;
  #quiet = 0;
  #pumping = false;

  constructor(start: number = VIRTUAL_START) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        if (timer.cancelled) return;
        timer.cancelled = true;
        this.#sleepers -= 1;
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer: Timer = { at: this.#now + ms, sleeper: true, cancelled: false, fire: finish };
      this.#sleepers += 1;
      this.#set(timer);
      signal?.addEventListener("abort", finish, { once: true });
    });
  }

  after(ms: number, effect: () => void): void {
    this.#set({ at: this.#now + Math.max(0, ms), sleeper: false, cancelled: false, fire: effect });
  }

  busy(): () => void {
    this.#busy += 1;
    this.#stir();
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.#busy -= 1;
      this.#stir();
    };
  }

  /** Moves time on by `ms`, letting everybody act at each moment between. Resolves when all is quiet after it. */
  async advance(ms: number): Promise<void> {
    await this.sleep(ms);
    await this.settled();
  }

  /** Resolves when nobody has anything left to do at the present moment. */
  async settled(): Promise<void> {
    do {
      await new Promise(setImmediate);
    } while (this.#busy > 0 || this.#quiet < QUIET_TURNS);
  }

  #set(timer: Timer): void {
    this.#timers.push(timer);
    this.#stir();
  }

  #stir(): void {
    this.#quiet = 0;
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(this.#pump);
  }

  readonly #pump = (): void => {
    if (this.#busy === 0) this.#quiet += 1;
    if (this.#busy === 0 && this.#quiet > QUIET_TURNS && this.#sleepers > 0) {
      this.#jump();
      this.#quiet = 0;
    }
    // While something real is under way, its end stirs the clock again: no need to spin.
    this.#pumping = this.#busy === 0 && (this.#sleepers > 0 || this.#quiet < QUIET_TURNS);
    if (this.#pumping) setImmediate(this.#pump);
  };

  /** To the next moment at which somebody wakes, running what the world does before and at it. */
  #jump(): void {
    let woken = false;
    for (let next = this.#timers.peek(); next && !(woken && next.at > this.#now); next = this.#timers.peek()) {
      this.#timers.pop();
      if (next.cancelled) continue;
      this.#now = Math.max(this.#now, next.at);
      if (next.sleeper) woken = true;
      next.fire();
    }
  }
}
