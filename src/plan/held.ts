import type { Graph } from "../graph/graph.ts";

/**
 * Nodes that wait because something that they are made of waits for a person (a Secret, an image), with what they wait
 * for. Their props are incomplete: nothing of them is changed meanwhile, not even what exists already.
 */
export function heldIn(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, readonly string[]>();
  for (const { id, dependsOn } of graph.nodes) {
    const by = dependsOn.filter((other) => held.has(other) || graph.get(other)?.blocked);
    if (by.length > 0) held.set(id, by);
  }
  return held;
}
