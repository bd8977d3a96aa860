import { classify } from "../aws/errors.ts";
import type { Node } from "../graph/graph.ts";
import { nodesIn, resolve } from "../graph/ref.ts";
import { findNode } from "../observe/find.ts";
import { look, sightingKey } from "../observe/look.ts";
import type { Pass } from "../observe/pass.ts";
import { isAdopting } from "../observe/plan-of.ts";
import { type Observation, outputsOf } from "../plan/observation.ts";
import { planNode } from "../plan/plan-node.ts";
import type { Step } from "../plan/step.ts";
import { create, metaOf } from "./create.ts";
import type { NodeResult, Props } from "./result.ts";
import { failure, resultOf } from "./result-of.ts";

type Results = ReadonlyMap<string, NodeResult>;

/**
 * Carries out what is planned for one node, once the results of all that it depends on are known. Where those have
 * brought outputs that the plan did not know, or might have, the step is worked out again by the same function.
 */
export async function applyNode(
  pass: Pass,
  node: Node,
  observed: Observation,
  planned: Step | undefined,
  heldBy: readonly string[] | undefined,
  dependencies: Results,
): Promise<NodeResult> {
  const guessed = planned?.changes.some(({ to }) => nodesIn(to).size > 0);
  const moved = observed.state === "unresolved" || guessed || [...dependencies.values()].some(({ did }) => did);
  const outputOf = (other: string, output: string): unknown => dependencies.get(other)?.outputs?.[output];
  const now = pass.aws.clock.now();
  const held = pass.trustMs > 0 ? pass.memory.heldBack(node.id, now) : undefined;
  if (held) return { ...failure(node, held.error), lookAgainMs: held.ms };
  try {
    const search = observed.state === "unresolved" && !node.blocked && !heldBy && unreadyIn(dependencies).length === 0;
    const observation = search ? await findNode(pass, node, outputOf) : observed;
    const step = planned && (!moved || heldBy) ? planned : stepOf(pass, node, observation, outputOf, pass.tryAgain);
    if (step.reason !== "AdoptionMismatch") await adoptFound(pass, node, observation);
    const done = await act(pass, node, observation, step, dependencies, outputOf);
    const declared = JSON.stringify(resolve(node.props, outputOf));
    const result = done.did ? { ...done, drift: pass.memory.wasInSync(node.id, declared) } : done;
    // An update that does not show is sent again, but with growing delays: AWS may be behind, or not do as it was told.
    if (result.state === "error" || result.reason === "Updating") {
      return tryLater(pass, result);
    }
    pass.memory.succeeded(node.id);
    if (result.state === "ready") {
      pass.memory.inSync(node.id, declared);
      if (result.id) pass.inventory.record(node.id, node.type, result.id, metaOf(node));
    }
    return result;
  } catch (error) {
    const failed = failure(node, error, observed.state === "live" ? observed : undefined);
    // A name that is taken may be by what a lost answer of ours has made: the next look tells, and is not far.
    const soon = failed.state === "error" || classify(error) === "conflict";
    return soon ? tryLater(pass, failed) : failed;
  }
}

/** With growing delays. What others go on using meanwhile is looked at in every pass. */
function tryLater(pass: Pass, failed: NodeResult): NodeResult {
  const lookAgainMs = pass.memory.failed(failed.node.id);
  if (failed.error !== undefined && !failed.outputs) {
    pass.memory.holdBack(failed.node.id, failed.error, pass.aws.clock.now() + lookAgainMs);
  }
  return { ...failed, lookAgainMs };
}

type OutputOf = (node: string, output: string) => unknown;

function stepOf(
  pass: Pass,
  node: Node,
  observation: Observation,
  outputOf: OutputOf,
  tryAgain: boolean | undefined = false,
): Step {
  return planNode(node, observation, {
    rules: pass.kindOf(node.type),
    outputOf,
    willChange: () => false,
    tags: pass.tagsOf(node.id, node.name),
    refused: pass.inventory.current(node.id)?.refused,
    adopting: isAdopting(pass, node),
    tryAgain,
  });
}

async function act(
  pass: Pass,
  node: Node,
  observation: Observation,
  step: Step,
  dependencies: Results,
  outputOf: OutputOf,
): Promise<NodeResult> {
  const kind = pass.kindOf(node.type);
  const props = resolve(node.props, outputOf) as Props;
  switch (step.action) {
    case "create":
      return createWhenReady(pass, node, props, dependencies, outputOf, gone(pass, node) ? "recreated" : "created");
    case "replace": {
      const unready = unreadyIn(dependencies);
      if (unready.length > 0) return { ...resultOf(node, observation, step), ...waiting(unready) };
      pass.inventory.supersede(node.id);
      await pass.inventory.save();
      return createWhenReady(pass, node, props, dependencies, outputOf, "replaced", step);
    }
    case "update": {
      if (observation.state !== "live") break;
      const fields = step.changes.map((change) => change.field).filter((field) => !field.startsWith("tags."));
      const { id } = observation;
      const unknown = fields.flatMap((field) => [...nodesIn(props[field])]);
      if (unknown.length > 0) return { ...resultOf(node, observation, step), ...waiting(unknown) };
      const given = pass.inventory.current(node.id)?.refused?.values ?? {};
      if (fields.some((field) => field in given)) pass.inventory.refuse(node.id, undefined);
      pass.assertLeading();
      pass.memory.touched(sightingKey(node.type, id));
      if (fields.length > 0)
        await kind.update?.(pass.aws, id, { props, live: observation.observed.live, changed: fields });
      if (fields.length < step.changes.length) await kind.tag?.(pass.aws, id, pass.tagsOf(node.id, node.name));
      return { ...(await lookAgain(pass, node, id, outputOf)), did: "updated", changes: step.changes };
    }
    default:
      if (observation.state === "live" && observation.observed.refused) {
        pass.inventory.refuse(node.id, observation.observed.refused);
      }
  }
  return resultOf(node, observation, step);
}

async function createWhenReady(
  pass: Pass,
  node: Node,
  props: Props,
  dependencies: Results,
  outputOf: OutputOf,
  did: "created" | "recreated" | "replaced",
  step?: Step,
): Promise<NodeResult> {
  const unready = unreadyIn(dependencies);
  if (unready.length > 0) return { node, state: "waiting", ...waiting(unready) };
  if (pass.kindOf(node.type).deleteFirst && pass.inventory.supersededIds(node.id).size > 0) {
    const message = `${node.name} is being replaced: the old one must be gone first`;
    const began = step && { did, changes: step.changes };
    return { node, state: "waiting", reason: "Replacing", message, lookAgainMs: 1_000, ...began };
  }
  const made = await create(pass, node, props);
  if ("waitMs" in made) {
    const message = `an earlier request to create ${node.name} got no answer; looking for what it may have made`;
    return { node, state: "waiting", reason: "EffectUnknown", message, lookAgainMs: Math.min(made.waitMs, 10_000) };
  }
  return { ...(await lookAgain(pass, node, made.id, outputOf)), did, changes: step?.changes };
}

/** How it stands right after a write: often ready, so that its dependents can go on in the same pass. */
async function lookAgain(pass: Pass, node: Node, id: string, outputOf: OutputOf): Promise<NodeResult> {
  const observation = await look(pass, node.type, id, true);
  if (observation.state === "live" && observation.id !== id) await recordFound(pass, node, observation.id);
  const step = stepOf(pass, node, observation, outputOf);
  if (step.action === "update" || step.action === "replace") {
    const fields = step.changes.map((change) => change.field).join(", ");
    const message = `${node.name}: ${fields} not as declared yet`;
    return {
      node,
      id,
      state: "progressing",
      outputs: outputsOf(observation),
      reason: "Updating",
      message,
    };
  }
  return resultOf(node, observation, step);
}

/** Records the id of what was found or adopted, and puts our tags on it where they are missing. */
export async function adoptFound(pass: Pass, node: Node, observation: Observation): Promise<void> {
  if (observation.state !== "live") return;
  const before = pass.inventory.current(node.id);
  // What it was made of before is not let go until it has settled without it.
  const after = [...new Set([...node.dependsOn, ...(before?.after ?? [])])];
  pass.inventory.record(node.id, node.type, observation.id, { ...metaOf(node), after });
  if (before?.id === observation.id) return;
  await pass.inventory.save();
  // Ours with another id is what a create has become (an operation that has ended): it was made with its tags.
  if (!observation.observed.tags && !before?.id)
    await pass.kindOf(node.type).tag?.(pass.aws, observation.id, pass.tagsOf(node.id, node.name));
}

async function recordFound(pass: Pass, node: Node, id: string): Promise<void> {
  pass.inventory.record(node.id, node.type, id, metaOf(node));
  await pass.inventory.save();
}

/** Whether it had been made, and is not there any more. */
function gone(pass: Pass, node: Node): boolean {
  return pass.inventory.current(node.id)?.id !== undefined;
}

function unreadyIn(dependencies: Results): readonly string[] {
  return [...dependencies.values()].filter(({ state }) => state !== "ready").map((result) => result.node.id);
}

function waiting(nodes: readonly string[]): Pick<NodeResult, "reason" | "message" | "waitsFor"> {
  const waitsFor = [...new Set(nodes)].sort();
  return { reason: "WaitsForDependencies", message: `waits for ${waitsFor.join(", ")}`, waitsFor };
}
