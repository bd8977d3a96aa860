import { type Clock, scaledClock } from "../../../src/clock.ts";
import type { SimulatorClock } from "./clock.ts";
import { Heap } from "./heap.ts";

/** setTimeout fires at once for longer delays (Node.js, "Timers"): long waits are taken in pieces. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A clock that runs by itself, `speed` times as fast as real time. Effects of the world run in order of time; those
 * that fall due together run in one go. A pending effect does not keep the process alive.
 */
export class ScaledClock implements SimulatorClock {
  readonly speed: number;
  readonly #clock: Clock;
  readonly #effects = new Heap<{ readonly at: number; readonly effect: () => void }>((a, b) => a.at - b.at);
  #timer: NodeJS.Timeout | undefined;

  constructor(speed: number = 1) {
    this.speed = speed;
    this.#clock = scaledClock(speed);
  }

  now(): number {
    return this.#clock.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  after(ms: number, effect: () => void): void {
    this.#effects.push({ at: this.now() + Math.max(0, ms), effect });
    this.#arm();
  }

  busy(): () => void {
    return () => {};
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#effects.peek();
    if (!next) return;
    const wait = Math.min(Math.max(0, (next.at - this.now()) / this.speed), LONGEST_TIMEOUT_MS);
    this.#timer = setTimeout(() => this.#run(), wait).unref();
  }

  #run(): void {
    try {
      for (let next = this.#effects.peek(); next && next.at <= this.now(); next = this.#effects.peek()) {
        this.#effects.pop();
        next.effect();
      }
    } finally {
      this.#arm();
    }
  }
}
