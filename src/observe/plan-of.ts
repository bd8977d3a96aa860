import { leavingOf } from "../apply/leaving.ts";
import type { Node } from "../graph/graph.ts";
import type { Observation } from "../plan/observation.ts";
import { planPass } from "../plan/plan.ts";
import type { Plan } from "../plan/step.ts";
import type { Pass } from "./pass.ts";

/** The plan of a pass: the one that is printed and the one that is carried out are made here. */
export function planOf(pass: Pass, nodes: ReadonlyMap<string, Observation>): Plan {
  const { graph, inventory, tagsOf, kindOf, tryAgain } = pass;
  const refused = inventory.entries.flatMap((entry) => (entry.refused ? [[entry.node, entry.refused] as const] : []));
  const leaving = leavingOf(inventory.entries, graph).map(({ entry, retain }) => ({ ...entry, retain }));
  const desired = { graph, tagsOf: (node: string) => tagsOf(node, graph.get(node)?.name ?? node) };
  const adopting = new Set(graph.nodes.filter((node) => isAdopting(pass, node)).map(({ id }) => id));
  return planPass(desired, { nodes, refused: new Map(refused), adopting, leaving, tryAgain }, kindOf);
}

/** Whether the spec names a resource for the node that has not been taken over yet. */
export function isAdopting({ inventory }: Pass, { id, adopt }: Node): boolean {
  return adopt !== undefined && inventory.current(id)?.id === undefined;
}
