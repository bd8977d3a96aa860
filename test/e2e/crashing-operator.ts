import { setTimeout as sleep } from "node:timers/promises";
import { type OperatorProcess, type OperatorProcessOptions, startOperatorProcess } from "../support/processes.ts";

/** The operator as a process that is killed with SIGKILL at random moments, and started again each time. */
export class CrashingOperator {
  readonly #options: OperatorProcessOptions;
  readonly #random: () => number;
  #running: OperatorProcess | undefined;
  #kills = 0;

  constructor(options: OperatorProcessOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
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

  /**
   * Kills it up to `most` times while `work` goes on, each time at a random moment of its first `withinMs` of service.
   * Leaves it running.
   */
  async crashDuring<T>(work: () => Promise<T>, most: number, withinMs: number): Promise<T> {
    const over = new AbortController();
    const crashing = this.#crash(most, withinMs, over.signal);
    try {
      return await work();
    } finally {
      over.abort();
      await crashing;
    }
  }

  async #crash(most: number, withinMs: number, over: AbortSignal): Promise<void> {
    for (let killed = 0; killed < most; killed++) {
      await sleep(this.#random() * withinMs, undefined, { signal: over }).catch(() => {});
      if (over.aborted) return;
      if (!this.#running?.server.running) throw new Error("the operator has ended by itself");
      await this.#running.server.kill();
      this.#kills++;
      await this.start();
    }
  }
}
