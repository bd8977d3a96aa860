import type { FaultRule } from "../simulator/faults/faults.ts";
import { seededRandom } from "../simulator/random.ts";
import { script } from "../simulator/script.ts";
import { MortalOperator } from "./mortal.ts";
import { inventoryOf } from "./orchestrator.ts";
import { condition } from "./platform.ts";
import { type Edit, Stage } from "./stage.ts";

/** How a step of a life ended. */
export interface End {
  /** What lives in the account, once reads have caught up. */
  readonly resources: readonly string[];
  /** What status.resources stands for. */
  readonly inventory: readonly string[];
}

export interface CrashingLifeOptions {
  readonly seed: number;
  /** An operator dies within so many calls that change something, at AWS or in Kubernetes; 0: it never dies. */
  readonly calls: number;
  /** How far reads may be behind. */
  readonly lagMs?: number;
  /** Edits of the reference case: what is applied at first, and then each when the one before is Ready. */
  readonly edits: readonly Edit[];
}

/** What AWS does to a life with deaths. */
const faults: readonly FaultRule[] = [
  { fault: { kind: "lost" }, write: true, probability: 0.05 },
  { fault: { kind: "lost", before: true }, write: true, probability: 0.02 },
  { fault: { kind: "error", after: true }, write: true, probability: 0.05 },
  { fault: { kind: "throttle" }, probability: 0.02 },
];

/**
 * More would only say that an operator which dies more often than AWS's reads take to catch up never gets on: it looks
 * for what a lost answer may have made for 90 s, and each time anew.
 */
const DEATHS_A_STEP = 12;

const READS = /^(Describe|List|Get|BatchGet|GET |HEAD |get$|list$|secret$|clusterId$|event$)/;

/** One AgentOrchestrator from its creation through edits to its deletion, under operators that die and are started again. */
export class CrashingLife {
  readonly stage: Stage;
  readonly #options: CrashingLifeOptions;
  readonly #random: () => number;
  #operator: MortalOperator | undefined;
  #left = Number.POSITIVE_INFINITY;
  #inStep = 0;
  /** Each death: before or after which call. */
  readonly deaths: string[] = [];

  constructor(options: CrashingLifeOptions) {
    const { seed, lagMs = 0 } = options;
    this.#options = options;
    this.stage = new Stage({ seed, consistencyLagMs: lagMs });
    this.stage.store.putSecret("agents", "postgres", { password: "unchecked" });
    this.stage.store.putSecret("agents", "clickhouse", { user: "langfuse", password: "unchecked" });
    script(this.stage.aws).image("docker.io/langfuse/*", { kind: "works" });
    this.#random = seededRandom(seed);
    this.#begin();
  }

  /** @returns how it stood after its creation, after each edit, and after its deletion. */
  async live(): Promise<readonly End[]> {
    const { stage } = this;
    const [first, ...edits] = this.#options.edits;
    const ends: End[] = [];
    const undo = this.#disturb();
    await stage.apply(first);
    await stage.until((now) => condition(now, "RegistryReady")?.status === "True");
    // A build pipeline has troubles of its own, but they are not the subject here.
    for (const one of undo) one();
    for (const tag of ["latest", "v2"]) await stage.pushImages(tag);
    this.#disturb();
    await stage.ready();
    ends.push(await this.#end());
    for (const edit of edits) {
      await stage.apply(edit);
      await stage.ready();
      ends.push(await this.#end());
    }
    stage.delete();
    await stage.gone();
    ends.push(await this.#end());
    this.#operator?.die();
    return ends;
  }

  /** A new operator, as a Deployment would start it. */
  #begin(): void {
    const { aws, store, clock } = this.stage;
    const { calls } = this.#options;
    const mayDie = calls > 0 && this.#inStep < DEATHS_A_STEP;
    this.#left = mayDie ? 1 + Math.floor(this.#random() * calls) : Number.POSITIVE_INFINITY;
    const operator = new MortalOperator(aws, store, clock, (where, call) => {
      if (operator !== this.#operator || READS.test(call) || --this.#left > 0) return;
      this.deaths.push(`${where} ${call}`);
      this.#inStep++;
      operator.die();
      this.#begin();
    });
    this.#operator = operator;
  }

  #disturb(): readonly (() => void)[] {
    return this.#options.calls > 0 ? faults.map((fault) => this.stage.aws.faults.add(fault)) : [];
  }

  async #end(): Promise<End> {
    const { stage } = this;
    await stage.clock.sleep(2 * stage.aws.consistencyLagMs);
    const end = { resources: await stage.resources(), inventory: inventoryOf(stage.object) };
    this.#inStep = 0;
    this.#operator?.die();
    this.#begin();
    return end;
  }
}
