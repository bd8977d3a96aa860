import type { Pass } from "../observe/pass.ts";
import { heldIn } from "../plan/held.ts";
import type { Observation } from "../plan/observation.ts";
import type { Plan } from "../plan/step.ts";
import { applyNode } from "./apply-node.ts";
import { leavingOf } from "./leaving.ts";
import { prune } from "./prune.ts";
import type { NodeResult, Outcome } from "./result.ts";

/**
 * Carries a plan out in the order of the graph, as deep as it goes without waiting for AWS: every node runs as soon as
 * those that it depends on have their result. Never rejects for what AWS answers: that is a node's result. The inventory
 * is saved before each create and at the end.
 *
 * @throws when the inventory cannot be saved.
 */
export async function apply(pass: Pass, plan: Plan, observations: ReadonlyMap<string, Observation>): Promise<Outcome> {
  const staying = plan.steps.filter((step) => step.action !== "delete" && step.action !== "retain");
  const planned = new Map(staying.map((step) => [step.node, step]));
  const held = heldIn(pass.graph);
  const running = new Map<string, Promise<NodeResult>>();
  for (const node of pass.graph.nodes) {
    const dependencies = node.dependsOn.map((id) => running.get(id));
    running.set(
      node.id,
      Promise.all(dependencies).then((done) => {
        const results = new Map(done.flatMap((result) => (result ? [[result.node.id, result] as const] : [])));
        const observation = observations.get(node.id) ?? { state: "unresolved" };
        return applyNode(pass, node, observation, planned.get(node.id), held.get(node.id), results);
      }),
    );
  }
  const results = new Map<string, NodeResult>();
  for (const [node, result] of running) results.set(node, await result);
  const leaving = await prune(pass, leavingOf(pass.inventory.entries, pass.graph), results);
  return { nodes: [...results.values()], leaving };
}
