import { AwsAccess } from "../../src/aws/access.ts";
import { Limits } from "../../src/aws/guard.ts";
import { type Log, Operator } from "../../src/operator.ts";
import { runOperator } from "../../src/run.ts";
import type { SimulatedAws, SimulatorClock } from "../simulator/index.ts";
import { ACCOUNT, type Store } from "../support/platform.ts";
import { type AtWrite, Gate } from "./gate.ts";
import { gatedHandler, gatedStore } from "./gated.ts";

export interface Surroundings {
  readonly aws: SimulatedAws;
  readonly store: Store;
  readonly clock: SimulatorClock;
  readonly atWrite: AtWrite;
  readonly log: Log;
  readonly random: () => number;
}

/** One life of the operator's process: it begins with no memory, and can be killed or frozen between any two calls. */
export class OperatorProcess {
  readonly gate: Gate;
  readonly #stopping = new AbortController();
  #leads = true;

  constructor(name: string, { aws, store, clock, atWrite, log, random }: Surroundings) {
    this.gate = new Gate(name, clock, atWrite);
    const access = new AwsAccess({
      config: { namespaces: { "*": { account: ACCOUNT, regions: ["*"] } } },
      limits: new Limits({ clock: this.gate.clock, random }),
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" },
      requestHandler: gatedHandler(this.gate, aws),
    });
    const operator = new Operator({
      store: gatedStore(this.gate, store),
      access,
      clock: this.gate.clock,
      log,
      intervalMs: 60_000,
      isLeader: () => this.#leads,
    });
    void runOperator(operator, { workers: 2 }, this.#stopping.signal);
  }

  /** SIGKILL. What it has sent and AWS has not yet seen is lost, or lands all the same. */
  kill(sent: "lost" | "lands" = "lost"): void {
    this.gate.kill(sent === "lost" ? "cut" : "landing");
    this.#stopping.abort();
  }

  /** SIGSTOP, or a node that hangs. */
  freeze(): void {
    this.gate.freeze();
  }

  /** It goes on where it stood, and learns that its lease has run out. */
  thaw(): void {
    this.#leads = false;
    this.#stopping.abort();
    this.gate.thaw();
  }

  /** SIGTERM. */
  stop(): void {
    this.#stopping.abort();
  }
}
