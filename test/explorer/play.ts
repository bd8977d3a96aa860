import { annotations } from "../../src/api/resource.ts";
import type { InventoryEntry } from "../../src/apply/inventory.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { connect } from "../../src/aws/clients.ts";
import { Limits } from "../../src/aws/guard.ts";
import { kindOf } from "../../src/kinds/registry.ts";
import { KubeError } from "../../src/kube/errors.ts";
import type { Log } from "../../src/operator.ts";
import { clientsConfig, createWorld, type FaultRule, type SimulatedAws, VirtualClock } from "../simulator/index.ts";
import { seededRandom } from "../simulator/random.ts";
import { script } from "../simulator/script.ts";
import type { AccountConfig } from "../support/account.ts";
import { ACCOUNT, type Orchestrator, type Store, storeWithSecrets } from "../support/platform.ts";
import type { Fault, FaultName, Moment } from "./fault.ts";
import { faults } from "./faults.ts";
import type { AtWrite } from "./gate.ts";
import { KEY, type Life } from "./life.ts";
import { type BuildPipeline, startPipeline } from "./pipeline.ts";
import { OperatorProcess, type Surroundings } from "./process.ts";
import type { Write } from "./write.ts";

export const REGION = "us-east-1";
export const where = { account: ACCOUNT, region: REGION };

/** One write as it happened. */
export interface Traced extends Write {
  /** Milliseconds since the beginning. */
  readonly at: number;
  /** Which process asked for it, from 1. */
  readonly by: number;
  /** The faults that struck it. */
  readonly faults?: readonly FaultName[];
}

/** What the user wants at the moment. */
export type Wanted = "created" | "edited" | "gone";

/** A world, a cluster, and one operator process after the other in them: the stage on which a life is played. */
export class Play {
  readonly clock = new VirtualClock();
  readonly aws: SimulatedAws;
  readonly store: Store;
  readonly trace: Traced[] = [];
  /** Lines that processes have logged, and what went wrong in them. */
  readonly log: string[] = [];
  readonly began: number;
  /** Disturbances that are not over. */
  disturbances = 0;
  wanted: Wanted = "created";
  #edited = false;
  readonly #life: Life;
  readonly #faults: readonly Fault[];
  readonly #random: () => number;
  readonly #pipeline: BuildPipeline;
  readonly #processes: OperatorProcess[] = [];

  constructor(life: Life, planned: readonly Fault[], seed: number) {
    this.#life = life;
    this.#faults = planned;
    this.#random = seededRandom(seed);
    // Beside the faults nothing is slow: a world that lags has its own conformance tests.
    this.aws = createWorld({ clock: this.clock });
    this.store = storeWithSecrets(this.clock);
    this.store.putSecret(KEY.namespace, "postgres", { password: "postgres-password" });
    script(this.aws).image("public.ecr.aws/*", { kind: "works" });
    this.began = this.clock.now();
    this.#pipeline = startPipeline(this.account, this.clock);
  }

  /** For clients of anybody in the account. The SDK's own waiting would be in real time: one attempt. */
  get account(): AccountConfig & { readonly maxAttempts: 1 } {
    return { ...clientsConfig(this.aws, where), maxAttempts: 1 };
  }

  client(): Aws {
    const { credentials, requestHandler } = clientsConfig(this.aws, where);
    return connect({ ...where, credentials, requestHandler, limits: new Limits({ clock: this.clock }) });
  }

  get object(): Orchestrator | undefined {
    return this.store.cluster.get(KEY);
  }

  get inventory(): readonly InventoryEntry[] {
    return (this.object?.status?.resources ?? []) as InventoryEntry[];
  }

  create(): void {
    this.store.cluster.create({ ...KEY, spec: this.#life.created });
    this.#start();
  }

  edit(): void {
    if (this.wanted !== "created" || this.#edited) return;
    this.#edited = true;
    this.wanted = "edited";
    this.store.cluster.update(KEY, (now) => ({ ...now, spec: this.#life.edited }));
  }

  /** The edit, or its contrary. */
  changeMind(): void {
    if (this.wanted !== "edited") {
      this.edit();
      return;
    }
    this.wanted = "created";
    this.store.cluster.update(KEY, (now) => ({ ...now, spec: this.#life.created }));
  }

  delete(): void {
    if (this.wanted === "gone") return;
    this.wanted = "gone";
    if (this.object) this.store.cluster.delete(KEY);
  }

  /** What the user is told to do once what made a release fail is repaired. */
  askAgain(): void {
    const asked = { [annotations.reconcile]: String(this.clock.now()) };
    this.store.cluster.update(KEY, (now) => ({ ...now, metadata: { ...now.metadata, annotations: asked } }));
  }

  end(): void {
    this.#pipeline.stop();
    for (const process of this.#processes) process.kill();
  }

  /** The process that works is killed; another one starts at once, or when its lease is noticed to have run out. */
  crash(sent: "lost" | "lands"): void {
    this.#processes.at(-1)?.kill(sent);
    this.#startSoon(this.#pick([0, 0, 3_000, 45_000]));
  }

  /** Resolves when the process that asked goes on, after another one has worked for a while. */
  async handOver(): Promise<void> {
    const old = this.#processes.at(-1);
    old?.freeze();
    this.#startSoon(15_000);
    const over = this.#disturb();
    await this.clock.sleep(15_000 + this.#pick([1_000, 10_000, 60_000, 300_000]));
    old?.thaw();
    over();
  }

  /**
   * The backup is of before the spec was edited, or of after: what left the spec in between is known to nobody, and is
   * not searched for. So while an edit is under way nothing is lost.
   */
  loseStatus(): void {
    if (this.object && this.wanted !== "edited") this.store.cluster.update(KEY, ({ status: _, ...rest }) => rest);
  }

  /** Has the API server answer nobody for some milliseconds. */
  clusterAway(ms: number): void {
    const { faults, cluster } = this.store;
    faults.before = () => {
      throw new KubeError(0, "NoAnswer", "connect ECONNREFUSED");
    };
    cluster.disconnect(new KubeError(0, "NoAnswer", "read ECONNRESET"));
    this.#for(ms, () => {
      delete faults.before;
    });
  }

  /** Has a rule of the simulator stand for some milliseconds. */
  during(ms: number, rule: FaultRule): void {
    this.#for(ms, this.aws.faults.add(rule));
  }

  lagging(lagMs: number, ms: number): void {
    this.aws.consistencyLagMs = lagMs;
    this.#for(ms, () => {
      this.aws.consistencyLagMs = 0;
    });
  }

  /** Deletes one of the operator's resources by hand: the first, in an order by chance, that AWS lets go. */
  async removeSomething(): Promise<void> {
    const aws = this.client();
    const entries = this.inventory.filter((entry) => entry.id !== undefined);
    while (entries.length > 0) {
      const [entry] = entries.splice(Math.floor(this.#random() * entries.length), 1);
      const before = this.aws.calls.count({ write: true, outcome: "ok" });
      try {
        await kindOf(entry?.type ?? "").delete(aws, entry?.id ?? "", {});
      } catch {
        continue;
      }
      if (this.aws.calls.count({ write: true, outcome: "ok" }) === before) continue;
      this.log.push(`somebody deleted ${entry?.node}`);
      return;
    }
  }

  /** How many faults have struck. */
  get struck(): number {
    return this.trace.reduce((sum, { faults = [] }) => sum + faults.length, 0);
  }

  readonly #atWrite: AtWrite = async (gate, write, effect) => {
    const by = this.#processes.find((process) => process.gate === gate) as OperatorProcess;
    const now = this.#faults.filter(({ at }) => this.#isNow(at, write));
    const told = { ...write, at: this.clock.now() - this.began, by: Number(gate.name) };
    this.trace.push(now.length > 0 ? { ...told, faults: now.map(({ kind }) => kind) } : told);
    const strike = now.reduceRight(
      (rest, { kind }) =>
        () =>
          faults[kind](this, by, write, rest),
      effect,
    );
    return strike();
  };

  #isNow(at: Moment, write: Write): boolean {
    if (typeof at === "number") return this.trace.length + 1 === at;
    if (write.action !== at.action) return false;
    return this.trace.filter(({ action }) => action === at.action).length + 1 === (at.nth ?? 1);
  }

  #start(): void {
    const tell = (level: string) => (fields: object, message: string) => {
      this.log.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
    const log: Log = { debug: () => {}, info: tell("info"), warn: tell("warn"), error: tell("error") };
    const { aws, store, clock } = this;
    const around: Surroundings = { aws, store, clock, atWrite: this.#atWrite, log, random: this.#random };
    this.#processes.push(new OperatorProcess(String(this.#processes.length + 1), around));
  }

  #startSoon(ms: number): void {
    const over = this.#disturb();
    this.clock.after(ms, () => {
      this.#start();
      over();
    });
  }

  #for(ms: number, end: () => void): void {
    const over = this.#disturb();
    this.clock.after(ms, () => {
      end();
      over();
    });
  }

  #disturb(): () => void {
    this.disturbances += 1;
    return () => {
      this.disturbances -= 1;
    };
  }

  #pick<T>(from: readonly [T, ...T[]]): T {
    return from[Math.floor(this.#random() * from.length)] ?? from[0];
  }
}
