import type { Clock } from "../../src/clock.ts";
import type { Write } from "./write.ts";

/**
 * open: everything passes. frozen: nothing of the process goes on, what was sent arrives. landing: the process is dead,
 * what was sent arrives. cut: the process is dead, and what was sent is lost.
 */
export type GateState = "open" | "frozen" | "landing" | "cut";

/** Asked about each write at the moment at which its request arrives; `effect` carries it out. */
export type AtWrite = <T>(gate: Gate, write: Write, effect: () => Promise<T>) => Promise<T>;

/**
 * Everything between one operator process and the world: its calls to AWS and to Kubernetes, and its time. A process that
 * is killed in the middle of a line of code is a gate that is shut: from that moment nothing of it reaches anybody, and
 * nothing reaches it, although its objects still hang in memory.
 */
export class Gate {
  readonly name: string;
  readonly clock: Clock;
  readonly #time: Clock;
  readonly #atWrite: AtWrite;
  #state: GateState = "open";
  #thawed: (() => void)[] = [];

  constructor(name: string, time: Clock, atWrite: AtWrite) {
    this.name = name;
    this.#time = time;
    this.#atWrite = atWrite;
    this.clock = {
      now: () => time.now(),
      sleep: async (ms, signal) => {
        await time.sleep(ms, signal);
        await this.#alive();
      },
    };
  }

  get state(): GateState {
    return this.#state;
  }

  kill(state: "cut" | "landing"): void {
    this.#state = state;
  }

  freeze(): void {
    this.#state = "frozen";
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "open";
    for (const wake of this.#thawed.splice(0)) wake();
  }

  /** Carries a call to its effect and the answer back, each way in half of `latencyMs`. */
  async call<T>(write: Write | undefined, latencyMs: number, effect: () => Promise<T>): Promise<T> {
    await this.#alive();
    await this.#time.sleep(latencyMs / 2);
    if (this.#state === "cut") return never();
    const answer = await settled(write ? this.#atWrite(this, write, effect) : effect());
    await this.#time.sleep(latencyMs / 2);
    await this.#alive();
    return answer();
  }

  /** Until the process can go on: at once, when it is thawed, or never. */
  async #alive(): Promise<void> {
    if (this.#state === "frozen") await new Promise<void>((resolve) => this.#thawed.push(resolve));
    if (this.#state !== "open") await never();
  }
}

/** For who is dead. A new promise each time: one for all would keep everything that ever awaited it. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

async function settled<T>(promise: Promise<T>): Promise<() => T> {
  try {
    const value = await promise;
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
