import type { Node } from "../graph/graph.ts";
import { type Observation, outputsOf } from "../plan/observation.ts";
import { findNode, findTwins } from "./find.ts";
import { look } from "./look.ts";
import type { Pass } from "./pass.ts";

/**
 * Looks at every node of the graph: by its recorded id, else by searching for it once what it is made of is known.
 * Reads only; all looks run at once, so that they share calls. Never rejects: a failed read is one node's observation.
 */
export async function observe(pass: Pass): Promise<ReadonlyMap<string, Observation>> {
  const looks = new Map<string, Promise<Observation>>();
  for (const node of pass.graph.nodes) looks.set(node.id, observeNode(pass, node, looks));
  const observations = new Map<string, Observation>();
  for (const [node, observation] of looks) observations.set(node, await observation);
  return observations;
}

async function observeNode(
  pass: Pass,
  node: Node,
  looks: ReadonlyMap<string, Promise<Observation>>,
): Promise<Observation> {
  const held = pass.trustMs > 0 ? pass.memory.heldBack(node.id, pass.aws.clock.now()) : undefined;
  if (held) return { state: "unread", error: held.error };
  const recorded = pass.inventory.current(node.id)?.id;
  const id = recorded ?? node.adopt;
  const found = id ? await look(pass, node.type, id, recorded !== undefined) : undefined;
  if (found && !recorded) return found;
  const seen = new Map<string, Observation | undefined>();
  for (const dependency of node.dependsOn) seen.set(dependency, await looks.get(dependency));
  const outputOf = (other: string, output: string): unknown => outputsOf(seen.get(other))?.[output];
  if (found) {
    if (found.state === "live") await findTwins(pass, node, found.id, outputOf);
    return found;
  }
  if (isPremature(pass, node, seen)) return { state: "unresolved" };
  return findNode(pass, node, outputOf);
}

/**
 * Whether looking for it can wait: no create of it was announced, and what it depends on is not ready, so that this pass
 * cannot create it either, or will look right before it does (applyNode). The next look at everything looks in any case.
 */
function isPremature(pass: Pass, node: Node, seen: ReadonlyMap<string, Observation | undefined>): boolean {
  if (pass.trustMs === 0 || pass.inventory.current(node.id)?.intent) return false;
  return [...seen.values()].some((other) => other?.state !== "live" || other.observed.phase !== "ready");
}
