import { look } from "../observe/look.ts";
import type { Pass } from "../observe/pass.ts";
import { deleteEntry, deletionFailed, gone } from "./delete.ts";
import type { InventoryEntry } from "./inventory.ts";
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
  { entry }: LeavingEntry,
  before: ReadonlyMap<LeavingEntry, Promise<LeavingResult>>,
  results: ReadonlyMap<string, NodeResult>,
): Promise<LeavingResult> {
  const dependents = [...before].filter(([other]) => dependentsOf(entry, [other.entry]).length > 0);
  const outcomes = await Promise.all(dependents.map(([, outcome]) => outcome));
  const kept = await keep(pass, entry, outcomes);
  if (kept) return kept;
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

/**
 * Data that is to be kept, as long as it exists, and what something that is kept lives in. While the object lives it stays
 * in the inventory: the deletion of all the rest must know of it.
 */
async function keep(
  pass: Pass,
  entry: InventoryEntry,
  dependents: readonly LeavingResult[],
): Promise<LeavingResult | undefined> {
  if (entry.superseded || !entry.id) return undefined;
  if (entry.policy !== "Retain") {
    if (!dependents.some(({ state }) => state === "retained")) return undefined;
  } else {
    const seen = await look(pass, entry.type, entry.id, true);
    if (seen.state === "absent") return gone(pass, entry);
    if (seen.state === "unsure") {
      return { entry, state: "waiting", message: seen.message, lookAgainMs: seen.lookAgainMs };
    }
    if (seen.state === "unread") return deletionFailed(pass, entry, seen.error);
  }
  const isLast = pass.graph.size === 0;
  if (isLast) pass.inventory.remove(entry);
  else pass.inventory.retain(entry);
  return { entry, state: "retained" };
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
