import type { Call } from "./operation.ts";

/** Seconds and randomness of the world: real, scaled or virtual (see clock/). */
export interface WorldClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `effect` once, `ms` from now, at its moment and in order of time. */
  after(ms: number, effect: () => void): void;
}

/**
 * Resources of one type in one account and region. Rules read what is (`get`, `all`); answers to Describe, List and
 * Get read what AWS would show by now (`shown`, `shownAll`): behind by the consistency lag when the world has one.
 */
export interface Table<T extends object> {
  get(id: string): T | undefined;
  all(): readonly T[];
  put(id: string, row: T): T;
  /** Changes in place what is there, keeping the old view for the consistency lag. */
  change(id: string, with_: (row: T) => void): T;
  remove(id: string): void;
  shown(id: string): T | undefined;
  shownAll(): readonly T[];
}

export interface World {
  readonly clock: WorldClock;
  /** A seeded number in [0, 1): the only source of chance. */
  random(): number;
  /** Table of the call's account and region; `global` services (IAM, S3) pass region "". */
  table<T extends object>(call: Pick<Call, "account" | "region">, name: string): Table<T>;
  /** A new id as AWS forms them: id("vpc") is "vpc-0" and 16 hex digits. */
  id(prefix: string, digits?: number): string;
  /** Duration of `what` in milliseconds (services/<service>/durations.ts), spread by chance when the world has a spread. */
  duration(what: string): number;
  /** Whether callers are held to their IAM policies (authorization/authorize.ts). */
  readonly enforceIam: boolean;
  /** Name of the limit → its value in this world (services/<service>/quotas.ts): account quotas that a test may lower. */
  quota(name: string): number;
}
