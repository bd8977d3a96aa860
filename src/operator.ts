import type { Spec } from "./api/spec.ts";
import type { Status } from "./api/status.ts";
import type { AwsAccess } from "./aws/access.ts";
import type { Clock } from "./clock.ts";
import type { ObjectStore } from "./kube/object-store.ts";
import { Memory } from "./observe/memory.ts";
import { turnAfter } from "./observe/turns.ts";

/** The part of a logger that the operator uses (pino's). */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What all passes of this process share. */
export class Operator {
  readonly store: ObjectStore<Spec, Status>;
  readonly access: AwsAccess;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two looks at everything, for objects that name no interval of their own. */
  readonly intervalMs: number;
  /** Whether this process may still write. */
  readonly isLeader: () => boolean;
  readonly #memories = new Map<string, { readonly uid: string; readonly memory: Memory }>();

  constructor(parts: Pick<Operator, "store" | "access" | "clock" | "log" | "intervalMs" | "isLeader">) {
    this.store = parts.store;
    this.access = parts.access;
    this.clock = parts.clock;
    this.log = parts.log;
    this.intervalMs = parts.intervalMs;
    this.isLeader = parts.isLeader;
  }

  /** What this process has seen of the object's resources. An object of the same name with another uid starts anew. */
  memoryOf(key: string, uid: string): Memory {
    const known = this.#memories.get(key);
    if (known?.uid === uid) return known.memory;
    const memory = new Memory();
    this.#memories.set(key, { uid, memory });
    return memory;
  }

  /** Whether this process has looked after the object before. */
  knows(key: string, uid: string): boolean {
    return this.#memories.get(key)?.uid === uid;
  }

  /** When everything of the object is to be looked at, if it last was at `since`: milliseconds since the epoch. */
  turnAfter(since: number, key: string, intervalMs: number): number {
    return turnAfter(since, { key, objects: this.#memories.size, intervalMs });
  }

  /** The object is gone, or not ours to look after. */
  forget(key: string): undefined {
    this.#memories.delete(key);
  }
}
