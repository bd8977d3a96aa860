import type { Pass } from "../observe/pass.ts";
import { deleteEntry } from "./delete.ts";
import { dependentsOf, type LeavingEntry } from "./leaving.ts";
import type { LeavingResult, NodeResult } from "./result.ts";

/**
 * Removes what is not desired any more, dependents first, each as soon as nothing needs it: independent entries go at
 * once, and one that cannot go holds up only what it lives in.
 */
export async function prune(
  pass: Pass,
  leaving: readonly LeavingEntry[],
  results: ReadonlyMap<string, NodeResult>,
): Promise<readonly LeavingResult[]> {
  const outcomes = new Map<LeavingEntry, Promise<LeavingResult>>();
  for (const one of leaving) outcomes.set(one, pruneOne(pass, one, outcomes, results));
  return Promise.all(outcomes.values());
}

async function pruneOne(
  pass: Pass,
  { entry, retain }: LeavingEntry,
  before: ReadonlyMap<LeavingEntry, Promise<LeavingResult>>,
  results: ReadonlyMap<string, NodeResult>,
): Promise<LeavingResult> {
  const dependents = [...before].filter(([other]) => dependentsOf(entry, [other.entry]).length > 0);
  const outcomes = await Promise.all(dependents.map(([, outcome]) => outcome));
  if (retain) {
    pass.inventory.remove(entry);
    return { entry, state: "retained" };
  }
  const users =
    entry.superseded && pass.kindOf(entry.type).deleteFirst
      ? []
      : liveUsers(pass, entry.node, entry.superseded, results);
  const waitsFor = [
    ...outcomes.filter(({ state }) => state !== "gone" && state !== "retained").map((outcome) => outcome.entry.node),
    ...users,
  ];
  if (waitsFor.length > 0)
    return { entry, state: "waiting", message: `waits until ${waitsFor.join(", ")} let go of it` };
  return deleteEntry(pass, entry);
}

/** Desired nodes that may still use it: of something replaced, those that are not settled on its successor yet. */
function liveUsers(
  pass: Pass,
  node: string,
  superseded: boolean | undefined,
  results: ReadonlyMap<string, NodeResult>,
): readonly string[] {
  if (!superseded) {
    return pass.inventory.entries
      .filter((entry) => results.has(entry.node) && entry.after.includes(node))
      .map((e) => e.node);
  }
  const users = [...results.values()].filter(
    (result) => result.node.dependsOn.includes(node) || result.node.id === node,
  );
  return users.filter(({ state }) => state !== "ready").map((result) => result.node.id);
}
