import { setTimeout as sleep } from "node:timers/promises";
import type { Asked, Fate } from "../support/gateway.ts";
import { type OperatorProcess, type OperatorProcessOptions, startOperatorProcess } from "../support/processes.ts";
import { writes } from "./calls.ts";

/** Comes back when the operator is to be killed, or when `over` aborts. */
export type Moment = (over: AbortSignal) => Promise<void>;

/** The operator as a process that is killed with SIGKILL again and again, and started again each time. */
export class CrashingOperator {
  readonly #options: OperatorProcessOptions;
  #running: OperatorProcess | undefined;
  #kills = 0;

  constructor(options: OperatorProcessOptions) {
    this.#options = options;
  }

  /** How often it has been killed. */
  get kills(): number {
    return this.#kills;
  }

  async start(): Promise<void> {
    this.#running = await startOperatorProcess(this.#options);
  }

  async stop(): Promise<void> {
    await this.#running?.server.stop();
    this.#running = undefined;
  }

  /** Kills it up to `most` times while `work` goes on, each time at the next `moment` of its service. Leaves it running. */
  async crashDuring<T>(work: () => Promise<T>, most: number, moment: Moment): Promise<T> {
    const over = new AbortController();
    const crashing = this.#crash(most, moment, over.signal);
    try {
      return await work();
    } finally {
      over.abort();
      await crashing;
    }
  }

  async #crash(most: number, moment: Moment, over: AbortSignal): Promise<void> {
    for (let killed = 0; killed < most; killed++) {
      await moment(over);
      if (over.aborted) return;
      if (!this.#running?.server.running) throw new Error("the operator has ended by itself");
      await this.#running.server.kill();
      this.#kills++;
      await this.start();
    }
  }
}

/** A random moment of the first `withinMs`. */
export function anyMoment(random: () => number, withinMs: number): Moment {
  return (over) => sleep(random() * withinMs, undefined, { signal: over }).catch(() => {});
}

/**
 * Moments at which a kill hurts most: around a call that changes something. The call never arrives, or has its effect
 * without an answer, or is answered and the process dies within the next milliseconds, before or after it has noted that.
 */
export class MomentsOfWrites {
  readonly #random: () => number;
  /** Of all other writes, so many have their effect without an answer. */
  lossShare = 0;
  #left = 0;
  #come: () => void = () => {};

  constructor(random: () => number) {
    this.#random = random;
  }

  /** One of the next `most` calls that change something. */
  next(most: number): Moment {
    return (over) =>
      new Promise((resolve) => {
        this.#left = 1 + Math.floor(this.#random() * most);
        this.#come = resolve;
        const end = (): void => {
          this.#left = 0;
          resolve();
        };
        if (over.aborted) end();
        else over.addEventListener("abort", end, { once: true });
      });
  }

  /** Decides for a gateway what becomes of a call. */
  readonly fate = ({ action }: Asked): Fate => {
    if (!writes(action)) return "answered";
    if (this.#left === 0 || --this.#left > 0) return this.#random() < this.lossShare ? "lost" : "answered";
    const fate = (["answered", "lost", "dropped"] as const)[Math.floor(this.#random() * 3)] ?? "answered";
    setTimeout(this.#come, fate === "answered" ? this.#random() * 40 : 0);
    return fate;
  };
}
