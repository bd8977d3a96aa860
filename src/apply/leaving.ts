import type { Graph } from "../graph/graph.ts";
import type { InventoryEntry } from "./inventory.ts";

/** An entry that is to go, and what must be gone before it. */
export interface LeavingEntry {
  readonly entry: InventoryEntry;
  /** Kept: by its policy, or because something that is kept lives in it. */
  readonly retain: boolean;
}

/**
 * What the inventory holds and the graph does not desire (any more), dependents first. Data with the policy Retain is
 * kept, and with it everything that it depends on, as a database's subnets: AWS would refuse to delete those.
 */
export function leavingOf(entries: readonly InventoryEntry[], graph: Graph): readonly LeavingEntry[] {
  const leaving = entries.filter((entry) => entry.superseded || !graph.get(entry.node));
  const retained = new Set<string>();
  const keep = (node: string): void => {
    if (retained.has(node)) return;
    retained.add(node);
    for (const entry of entries) if (entry.node === node) entry.after.forEach(keep);
  };
  for (const entry of leaving) if (entry.policy === "Retain" && entry.id && !entry.superseded) keep(entry.node);
  return dependentsFirst(leaving).map((entry) => ({ entry, retain: retained.has(entry.node) && !entry.superseded }));
}

/** Entries that must be gone before `entry` can go. */
export function dependentsOf(entry: InventoryEntry, entries: readonly InventoryEntry[]): readonly InventoryEntry[] {
  return entries.filter((other) => other !== entry && other.node !== entry.node && other.after.includes(entry.node));
}

function dependentsFirst(entries: readonly InventoryEntry[]): readonly InventoryEntry[] {
  const sorted: InventoryEntry[] = [];
  const visited = new Set<InventoryEntry>();
  const visit = (entry: InventoryEntry): void => {
    if (visited.has(entry)) return;
    visited.add(entry);
    for (const dependent of dependentsOf(entry, entries)) visit(dependent);
    sorted.push(entry);
  };
  entries.forEach(visit);
  return sorted;
}
