import { type EffectiveSpec, effectiveSpec } from "../api/effective.ts";
import { annotations } from "../api/resource.ts";
import type { Spec } from "../api/spec.ts";
import type { EffectiveDefaults, Status } from "../api/status.ts";
import { validate } from "../api/validate.ts";
import { Inventory, type InventoryEntry } from "../apply/inventory.ts";
import type { Aws } from "../aws/aws.ts";
import { imageDigest } from "../aws/discover.ts";
import { TerminalError } from "../aws/errors.ts";
import { type Owner, resourceTags } from "../aws/tags.ts";
import { actingRoutinely } from "../aws/token-bucket.ts";
import { buildGraph } from "../graph/build.ts";
import { type Problem, problemsOf, unknownNodes } from "../graph/check.ts";
import { emptyGraph, type Graph } from "../graph/graph.ts";
import type { Tags } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import { KubeError } from "../kube/errors.ts";
import { formatKey, type KubeObject } from "../kube/object-store.ts";
import type { Operator } from "../operator.ts";
import { type Hindrance, hindranceOf } from "../status/hindrance.ts";
import type { StatusWriter } from "../status/writer.ts";
import { type DigestOf, factsFor, zonesFor } from "./facts.ts";
import { isSettled } from "./left-ready.ts";
import { refuseNamesake } from "./namesake.ts";
import type { Pass } from "./pass.ts";
import { withPoliciesOf } from "./policies.ts";
import { recoverInventory } from "./recover.ts";
import { intervalOf } from "./turns.ts";

/** A pass that can begin: what it works with, and what its report needs. */
export interface Prepared {
  readonly pass: Pass;
  readonly deleting: boolean;
  /** Defaults to record. */
  readonly defaults: EffectiveDefaults | undefined;
  readonly spec: EffectiveSpec | undefined;
  readonly intervalMs: number;
  /** Value of the annotation that asks for a pass now. */
  readonly reconcileRequest: string | undefined;
}

/** Gathers what a pass needs: AWS as the namespace may use it, the facts, the graph. Never throws for what AWS answers. */
export async function prepare(
  operator: Operator,
  writer: StatusWriter,
  deleting: boolean,
): Promise<Prepared | Hindrance> {
  const { object } = writer;
  try {
    const aws = await operator.access.for(object.metadata.namespace, object.spec.aws);
    const cluster = await operator.store.clusterId();
    const owner: Owner = { cluster, owner: formatKey(object.metadata), uid: object.metadata.uid };
    const memory = operator.memoryOf(formatKey(object.metadata), object.metadata.uid);
    memory.asOf(object.metadata.generation);
    const intervalMs = intervalOf(object.spec) ?? operator.intervalMs;
    const request = object.metadata.annotations?.[annotations.reconcile];
    const asked = request !== undefined && request !== object.status?.handledReconcile;
    const now = aws.clock.now();
    const isItsTurn = operator.turnAfter(memory.sweptAt, formatKey(object.metadata), intervalMs) <= now + 500;
    const lost = object.status?.resources === undefined;
    const everything = isItsTurn || asked || deleting || lost;
    if (everything) memory.swept(now);
    if (isItsTurn && !deleting && isSettled(object)) actingRoutinely();
    const trustMs = everything ? 0 : intervalMs;
    const made = new Set((object.status?.resources ?? []).map(({ id }) => id));
    const digestOf: DigestOf = async (repository, tag) =>
      // Of a repository that is not made yet, nothing need be asked.
      made.has(repository) || deleting
        ? memory.digest(`${repository}:${tag}`, now, trustMs, () => imageDigest(aws, repository, tag))
        : undefined;
    const wanted = deleting && !lost ? undefined : await desiredBy(operator.store, object, aws, owner, digestOf);
    const recorded = ((object.status?.resources ?? []) as InventoryEntry[]).map((entry) =>
      asked ? withoutRefusal(entry) : entry,
    );
    const entries = deleting ? withPoliciesOf(object, recorded) : recorded;
    const inventory = new Inventory(entries, (written) => writer.resources(written));
    const tagsOf = (node: string, name: string): Tags => resourceTags(owner, node, name, object.spec.tags);
    const pass: Pass = {
      aws,
      owner,
      graph: wanted?.graph ?? emptyGraph,
      inventory,
      memory,
      kindOf,
      tagsOf,
      trustMs,
      tryAgain: asked,
      assertLeading: () => {
        if (!operator.isLeader()) throw new Error("another process leads by now: nothing more is written");
      },
    };
    if (lost) await recoverInventory(pass);
    if (!deleting && inventory.entries.length === 0) await refuseNamesake(operator, object, aws);
    if (wanted && !deleting) refuseProblem(wanted, inventory.entries.length > 0);
    const graph = deleting ? emptyGraph : pass.graph;
    return {
      pass: { ...pass, graph },
      deleting,
      defaults: wanted?.defaults ?? object.status?.effectiveDefaults,
      spec: wanted?.spec,
      intervalMs,
      reconcileRequest: request,
    };
  } catch (error) {
    if (error instanceof KubeError) throw error;
    return hindranceOf(error);
  }
}

export interface Wanted {
  /** Why it cannot be carried out here, if so. */
  readonly problems: readonly Problem[];
  readonly graph: Graph;
  readonly spec: EffectiveSpec;
  readonly defaults: EffectiveDefaults;
}

/**
 * What the spec asks for, given what the account has; and what speaks against it.
 * @throws TerminalError InvalidSpec for a spec that this version of the CRD would refuse.
 */
export async function desiredBy(
  store: Pick<Operator["store"], "secret">,
  object: Pick<KubeObject<Spec, Status>, "apiVersion" | "kind" | "metadata" | "spec" | "status">,
  aws: Aws,
  owner: Owner,
  digestOf?: DigestOf,
): Promise<Wanted> {
  const valid = validate(object);
  if (!valid.ok) {
    throw new TerminalError(
      "InvalidSpec",
      valid.problems.map(({ field, message }) => `${field}: ${message}`).join("; "),
    );
  }
  const zones = await zonesFor(aws, valid.spec);
  const { spec, defaults } = effectiveSpec(valid.spec, zones, object.status?.effectiveDefaults);
  const idOf = (node: string): string | undefined =>
    object.status?.resources?.find((entry) => entry.node === node && !entry.superseded)?.id ??
    spec.adopt.find(({ resource }) => resource === node)?.id;
  const facts = await factsFor({ aws, spec, owner, store, idOf, digestOf, namespace: object.metadata.namespace });
  const graph = buildGraph(spec, facts);
  return { graph, spec, defaults, problems: [...problemsOf(spec, facts), ...unknownNodes(spec, graph)] };
}

/**
 * @param begun whether it stands already: a zone that is impaired or closed to newcomers does not concern it then
 * @throws TerminalError of the first problem
 */
export function refuseProblem({ problems }: Pick<Wanted, "problems">, begun: boolean): void {
  const problem = problems.find(({ reason }) => !(begun && reason === "ZoneNotAvailable"));
  if (problem) throw new TerminalError(problem.reason, `${problem.field}: ${problem.message}`);
}

/** Asked to reconcile now, what AWS gave up on is tried once more. */
function withoutRefusal(entry: InventoryEntry): InventoryEntry {
  const { refused: _, ...rest } = entry;
  return rest;
}
