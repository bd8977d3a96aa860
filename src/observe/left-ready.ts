import { annotations } from "../api/resource.ts";
import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import type { KubeObject } from "../kube/object-store.ts";
import type { Operator } from "../operator.ts";
import { intervalOf } from "./turns.ts";

/** Whether it is Ready as it is declared now, and nobody has asked for anything since. */
export function isSettled({ metadata, status = {} }: KubeObject<Spec, Status>): boolean {
  const request = metadata.annotations?.[annotations.reconcile];
  const asked = request !== undefined && request !== status.handledReconcile;
  const ready = (status.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True");
  return ready && !asked && status.observedGeneration === metadata.generation;
}

/**
 * Milliseconds for which a process that has just started may leave an object alone: until its turn, when the process
 * before left it ready and nothing has been asked of it since. So a restart asks AWS nothing at once, and what was
 * edited meanwhile does not stand in line behind what was not. Undefined: it is to be looked at now.
 */
export function leftReadyMs(operator: Operator, key: string, object: KubeObject<Spec, Status>): number | undefined {
  const { metadata, spec } = object;
  if (operator.knows(key, metadata.uid) || metadata.deletionTimestamp !== undefined) return undefined;
  if (!isSettled(object)) return undefined;
  // Known from now on: whatever happens to it next is looked at.
  operator.memoryOf(key, metadata.uid);
  const intervalMs = intervalOf(spec) ?? operator.intervalMs;
  const now = operator.clock.now();
  return Math.max(50, operator.turnAfter(now - intervalMs / 2, key, intervalMs) - now);
}
