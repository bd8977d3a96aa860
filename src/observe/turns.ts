import { createHash } from "node:crypto";
import type { Spec } from "../api/spec.ts";

/** Milliseconds of spec.interval, as "90s", "5m" or "1h". */
export function intervalOf({ interval }: Pick<Spec, "interval">): number | undefined {
  if (interval === undefined) return undefined;
  return Number(interval.slice(0, -1)) * { s: 1_000, m: 60_000, h: 3_600_000 }[interval.slice(-1) as "s" | "m" | "h"];
}

/** When an object is looked at as a whole. */
export interface Turns {
  /** `namespace/name` of the object. */
  readonly key: string;
  /** Objects that this process looks after. */
  readonly objects: number;
  /** Milliseconds between two of its turns. */
  readonly intervalMs: number;
}

/**
 * Objects that have their turn together. Together, their reads share calls; too many, and the reads that AWS answers for
 * one resource at a time (an image, a lifecycle policy: three an object) are more than it lets through at once: where it
 * publishes no rate, 20 and then 10 a second.
 */
const TOGETHER = 32;

/** Turns of different groups are at least this far apart, in milliseconds. */
const LEAST_APART_MS = 2_000;

/**
 * The first turn of an object that is at least half an interval after `since`, in milliseconds since the epoch. Turns
 * are the same moments in every process and of every group of objects, and the groups' are spread over the interval.
 */
export function turnAfter(since: number, { key, objects, intervalMs }: Turns): number {
  if (since === Number.NEGATIVE_INFINITY) return since;
  const most = Math.max(1, Math.floor(intervalMs / LEAST_APART_MS));
  // A power of two: with one more object, most keep their turn.
  const groups = Math.min(most, 2 ** Math.ceil(Math.log2(Math.max(1, objects / TOGETHER))));
  const group = createHash("sha256").update(key).digest().readUInt32BE(0) % groups;
  const offset = (group * intervalMs) / groups;
  const earliest = since + intervalMs / 2;
  return offset + Math.ceil((earliest - offset) / intervalMs) * intervalMs;
}

/**
 * Milliseconds until another look at what AWS is at work on, at most `everyMs`: all objects look at the same moments, so
 * that their reads share calls.
 */
export function untilNextLook(now: number, everyMs: number): number {
  return everyMs - (now % everyMs);
}
