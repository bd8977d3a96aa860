import type { Play } from "./play.ts";
import type { OperatorProcess } from "./process.ts";
import type { Write } from "./write.ts";

/** What goes wrong at one write: it decides whether and when the write has its effect, and what its caller is told. */
export type Strike = <T>(play: Play, by: OperatorProcess, write: Write, effect: () => Promise<T>) => Promise<T>;

/** The write at which a fault strikes: the nth of the life, or the nth with this name. Both count from 1. */
export type Moment = number | { readonly action: string; readonly nth?: number };

export interface Fault {
  readonly kind: FaultName;
  readonly at: Moment;
}

export const faultNames = [
  "crash-before",
  "crash-after",
  "crash-landing",
  "lost",
  "never-sent",
  "error-after",
  "throttled",
  "lag",
  "stale",
  "conflict",
  "paused",
  "edited",
  "deleted",
  "removed",
  "forgotten",
  "unreachable",
] as const;
export type FaultName = (typeof faultNames)[number];

/** Whether a fault of this kind can strike a write to AWS or to Kubernetes. */
export function strikes(kind: FaultName, to: Write["to"]): boolean {
  if (kind === "throttled" || kind === "lag" || kind === "stale") return to === "aws";
  return kind !== "conflict" || to === "kubernetes";
}
