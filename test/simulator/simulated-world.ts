import type { SimulatorClock } from "./clock/clock.ts";
import { VirtualClock } from "./clock/virtual.ts";
import type { Durations, Quotas } from "./durations.ts";
import type { Call } from "./operation.ts";
import { seededRandom } from "./random.ts";
import { VersionedTable } from "./table.ts";
import type { Table, World, WorldClock } from "./world.ts";

export interface WorldOptions {
  /** Same seed, same calls: same world. Default 1. */
  readonly seed?: number;
  /** Default: a virtual clock. */
  readonly clock?: SimulatorClock;
  /** A write is seen by reads at the latest this much later, each by its own chance. Default 0: at once. */
  readonly consistencyLagMs?: number;
  /** Share by which durations vary: 0.2 is ±20 %. Default 0. */
  readonly spread?: number;
  /** Seconds in place of AWS's usual ones, by name. */
  readonly durations?: Readonly<Record<string, number>>;
  /** Limits in place of AWS's defaults, by name. */
  readonly quotas?: Readonly<Record<string, number>>;
  readonly enforceIam?: boolean;
}

/** What a world is told of AWS: usual durations and default quotas of the services in it. */
export interface WorldFacts {
  readonly durations: Durations;
  readonly quotas: Quotas;
}

/** The state of AWS and what rules may ask of it. Knows no service and no protocol. */
export class SimulatedWorld implements World {
  /** What rules may do with time: effects that are on their way are dropped by `reset`. */
  readonly clock: WorldClock;
  /** The same time, for who waits in it. */
  readonly time: SimulatorClock;
  readonly random: () => number;
  /** What rules and effects threw that was no refusal: mistakes in the simulator. Tests hold it to be empty. */
  readonly failures: Error[] = [];
  enforceIam: boolean;
  consistencyLagMs: number;
  readonly #options: WorldOptions;
  readonly #facts: WorldFacts;
  readonly #tables = new Map<string, VersionedTable<object>>();
  readonly #durations = new Map<string, number>();
  readonly #quotas = new Map<string, number>();
  #staleMs = 0;
  #age = 0;

  /** @throws when an option names a duration or a quota that there is not */
  constructor(facts: WorldFacts, options: WorldOptions = {}) {
    this.#facts = facts;
    this.#options = options;
    const time = options.clock ?? new VirtualClock();
    this.time = time;
    this.clock = {
      now: () => time.now(),
      after: (ms, effect) => {
        const age = this.#age;
        time.after(ms, () => {
          if (age !== this.#age) return;
          try {
            effect();
          } catch (error) {
            this.failures.push(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    };
    this.random = seededRandom(options.seed ?? 1);
    this.enforceIam = options.enforceIam ?? false;
    this.consistencyLagMs = options.consistencyLagMs ?? 0;
    for (const [what, seconds] of Object.entries(options.durations ?? {})) this.setDuration(what, seconds);
    for (const [name, value] of Object.entries(options.quotas ?? {})) this.setQuota(name, value);
  }

  table<T extends object>(call: Pick<Call, "account" | "region">, name: string): Table<T> {
    const key = `${call.account}/${call.region}/${name}`;
    let table = this.#tables.get(key);
    if (!table) {
      table = new VersionedTable({
        now: () => this.clock.now(),
        shownAt: () => this.clock.now() - this.#staleMs,
        visibleAt: () => this.clock.now() + (this.consistencyLagMs && this.random() * this.consistencyLagMs),
      });
      this.#tables.set(key, table);
    }
    return table as unknown as Table<T>;
  }

  id(prefix: string, digits = 17): string {
    let made = "";
    for (let digit = 0; digit < digits - 1; digit++) made += Math.floor(this.random() * 16).toString(16);
    return `${prefix}-0${made}`;
  }

  /** @throws when the name is unknown, or the option `durations` names what is unknown. */
  duration(what: string): number {
    const usual = this.#usualDuration(what);
    const spread = this.#options.spread ?? 0;
    return (this.#durations.get(what) ?? usual) * 1000 * (spread ? 1 + spread * (2 * this.random() - 1) : 1);
  }

  quota(name: string): number {
    const usual = this.#usualQuota(name);
    return this.#quotas.get(name) ?? usual;
  }

  /** Changes how long `what` takes from now on, in seconds. */
  setDuration(what: string, seconds: number): void {
    this.#usualDuration(what);
    this.#durations.set(what, seconds);
  }

  setQuota(name: string, value: number): void {
    this.#usualQuota(name);
    this.#quotas.set(name, value);
  }

  #usualDuration(what: string): number {
    const usual = this.#facts.durations[what]?.seconds;
    if (usual === undefined) throw new Error(`no duration ${what}: say it in the service's durations.ts`);
    return usual;
  }

  #usualQuota(name: string): number {
    const usual = this.#facts.quotas[name];
    if (usual === undefined) throw new Error(`no quota ${name}: say it in the service's quotas.ts`);
    return usual;
  }

  /** Runs `rule` with reads that show the state of `ms` ago. */
  stale<T>(ms: number, rule: () => T): T {
    this.#staleMs = ms;
    try {
      return rule();
    } finally {
      this.#staleMs = 0;
    }
  }

  /** Rows by table name, of one account over all its regions; empty tables are left out. */
  counts(account: string): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [key, table] of this.#tables) {
      const [owner, , name = ""] = key.split("/");
      const rows = table.all().length;
      if (owner === account && rows > 0) counts[name] = (counts[name] ?? 0) + rows;
    }
    return counts;
  }

  /** Accounts that have been used. */
  get accounts(): readonly string[] {
    return [...new Set([...this.#tables.keys()].map((key) => key.split("/")[0] ?? ""))].sort();
  }

  /** Forgets every account, and what would still have happened in them. */
  reset(): void {
    this.#age += 1;
    this.#tables.clear();
    this.failures.length = 0;
  }
}
