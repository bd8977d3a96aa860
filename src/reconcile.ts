import { annotations, finalizer } from "./api/resource.ts";
import type { Spec } from "./api/spec.ts";
import type { Status } from "./api/status.ts";
import { apply } from "./apply/apply.ts";
import { type KubeObject, parseKey } from "./kube/object-store.ts";
import { leftReadyMs } from "./observe/left-ready.ts";
import { observe } from "./observe/observe.ts";
import { planOf } from "./observe/plan-of.ts";
import { prepare } from "./observe/prepare.ts";
import type { Operator } from "./operator.ts";
import { reportBegun, reportHindrance, reportPass, reportPaused } from "./status/report.ts";
import { StatusWriter } from "./status/writer.ts";

/**
 * One pass over one AgentOrchestrator: the way of a change, and the operator's table of contents. It never waits for
 * AWS. Being killed anywhere in it loses nothing: the next pass begins from the object and from what AWS shows.
 *
 * @returns milliseconds until the next pass, or undefined when there is nothing more to do.
 * @throws when Kubernetes cannot be read or written: the queue then tries again with growing delays.
 */
export async function reconcile(operator: Operator, key: string): Promise<number | undefined> {
  const object = await operator.store.get(parseKey(key));
  if (!object) return operator.forget(key);
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const held = object.metadata.finalizers?.includes(finalizer) ?? false;
  if (deleting && !held) return operator.forget(key);
  const writer = new StatusWriter(operator.store, object);
  if (!held) await reportBegun(operator, writer);
  if (isPaused(object)) return reportPaused(operator, writer);
  if (deleting && object.status?.resources?.length === 0) return letGo(operator, key, writer);
  const leaveMs = leftReadyMs(operator, key, object);
  if (leaveMs !== undefined) return leaveMs;

  const prepared = await prepare(operator, writer, deleting);
  if ("reason" in prepared) return reportHindrance(operator, writer, prepared);
  const { pass } = prepared;
  const observations = await observe(pass);
  const outcome = await apply(pass, planOf(pass, observations), observations);
  const againMs = await reportPass(operator, writer, prepared, outcome);
  if (!deleting || pass.inventory.entries.length > 0) return againMs;
  return letGo(operator, key, writer);
}

/** Nothing of it is left in AWS, so that it asks for no access to AWS: an object that never had any can go as well. */
async function letGo(operator: Operator, key: string, writer: StatusWriter): Promise<undefined> {
  await operator.store.removeFinalizer(writer.object, finalizer);
  return operator.forget(key);
}

function isPaused(object: KubeObject<Spec, Status>): boolean {
  return object.spec.paused === true || object.metadata.annotations?.[annotations.paused] === "true";
}
