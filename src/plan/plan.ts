import type { Graph } from "../graph/graph.ts";
import type { Refusal, Tags } from "../kinds/kind.ts";
import { heldIn } from "./held.ts";
import { type Observation, outputsOf } from "./observation.ts";
import { type KindRules, planNode } from "./plan-node.ts";
import type { Plan, Step } from "./step.ts";

/** What the inventory says of a resource that nothing desires any more. */
export interface Leaving {
  readonly node: string;
  readonly type: string;
  /** Absent while its creation is not answered yet. */
  readonly id?: string | undefined;
  /** Kept, because its policy or that of something that lives in it says so. */
  readonly retain: boolean;
}

export interface Desired {
  readonly graph: Graph;
  readonly tagsOf: (node: string) => Tags;
}

export interface Known {
  readonly nodes: ReadonlyMap<string, Observation>;
  readonly refused: ReadonlyMap<string, Refusal>;
  /** What AWS gave up on is to be sent once more. */
  readonly tryAgain?: boolean | undefined;
  /** Nodes whose resource the spec names for adoption and that has not been taken over yet. */
  readonly adopting?: ReadonlySet<string> | undefined;
  /** Dependents first. */
  readonly leaving: readonly Leaving[];
}

/**
 * desired + observed → what will be done, as plain data. The reconciler carries out this same value, node by node, and
 * asks planNode again only where a dependency's outputs have become known meanwhile.
 */
export function planPass(desired: Desired, known: Known, rulesOf: (type: string) => KindRules): Plan {
  const steps = new Map<string, Step>();
  const held = heldIn(desired.graph);
  for (const node of desired.graph.nodes) {
    const step = planNode(node, known.nodes.get(node.id) ?? { state: "unresolved" }, {
      rules: rulesOf(node.type),
      outputOf: (other, output) =>
        replaced(steps.get(other)) ? undefined : outputsOf(known.nodes.get(other))?.[output],
      willChange: (other) => replaced(steps.get(other)),
      tags: desired.tagsOf(node.id),
      refused: known.refused.get(node.id),
      tryAgain: known.tryAgain,
      adopting: known.adopting?.has(node.id),
      heldBy: held.get(node.id),
    });
    steps.set(node.id, step);
  }
  const leaving = known.leaving.map(
    ({ node, type, id, retain }): Step => ({
      node,
      type,
      name: id ?? node,
      id,
      action: retain ? "retain" : "delete",
      changes: [],
    }),
  );
  return { steps: [...steps.values(), ...leaving] };
}

function replaced(step: Step | undefined): boolean {
  return step?.action === "create" || step?.action === "replace";
}
