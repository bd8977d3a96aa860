import { DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import type { EffectiveSpec } from "../api/effective.ts";
import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import { validate } from "../api/validate.ts";
import { Inventory, type InventoryEntry } from "../apply/inventory.ts";
import type { Aws } from "../aws/aws.ts";
import { describe } from "../aws/errors.ts";
import { type Owner, resourceTags, tagKeys } from "../aws/tags.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tags } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import type { KubeObject, ObjectKey, SecretData } from "../kube/object-store.ts";
import { sightingKey } from "../observe/look.ts";
import { CONSISTENCY_MS, Memory } from "../observe/memory.ts";
import { observe } from "../observe/observe.ts";
import type { Pass } from "../observe/pass.ts";
import { planOf } from "../observe/plan-of.ts";
import { desiredBy, refuseProblem } from "../observe/prepare.ts";
import type { Observation } from "../plan/observation.ts";
import type { Plan } from "../plan/step.ts";
import { type Declared, UserError } from "./input.ts";

/** What is read of a Kubernetes cluster: the object as it is, the Secrets that it names, the cluster's identity. */
export interface Cluster {
  get(key: ObjectKey): Promise<KubeObject<Spec, Status> | undefined>;
  secret(namespace: string, name: string): Promise<SecretData | undefined>;
  clusterId(): Promise<string>;
}

export interface Online {
  readonly plan: Plan;
  readonly spec: EffectiveSpec;
  readonly graph: Graph;
}

/**
 * The plan that the operator would make of a declared object now. Reads only. With a cluster it knows the resources of
 * the live object; without, those that carry its tags, and what is made of Secrets is not compared.
 * @throws UserError for what the API server would refuse, and when something could not be read: half a plan misleads.
 */
export async function online(declared: Declared, aws: Aws, cluster: Cluster | undefined): Promise<Online> {
  const key = { namespace: declared.namespace, name: declared.name };
  const live = await cluster?.get(key);
  const checked = validate(declared.object, live);
  if (!checked.ok) {
    throw new UserError(checked.problems.map((one) => `${declared.source}: ${one.field}: ${one.message}`).join("\n"));
  }
  const owner: Owner = {
    cluster: cluster ? await cluster.clusterId() : await clusterOf(aws, `${key.namespace}/${key.name}`),
    owner: `${key.namespace}/${key.name}`,
    uid: live?.metadata.uid ?? "",
  };
  const wanted = await desiredBy(cluster ?? noSecrets, asObject(declared, live), aws, owner);
  const { resources = [] } = live?.status ?? {};
  refuseProblem(wanted, resources.length > 0);
  const inventory = new Inventory(resources as readonly InventoryEntry[], refuseToWrite);
  const tagsOf = (node: string, name: string): Tags => {
    const { [tagKeys.uid]: uid, ...known } = resourceTags(owner, node, name, declared.spec.tags);
    // An object that is not in the cluster yet has no uid that could be compared.
    return uid ? { ...known, [tagKeys.uid]: uid } : known;
  };
  const pass: Pass = {
    aws,
    owner,
    graph: wanted.graph,
    inventory,
    memory: familiar(inventory, aws.clock.now()),
    kindOf,
    tagsOf,
    trustMs: 0,
    assertLeading: refuseToWrite,
  };
  const observations = await observe(pass);
  failWhenUnread(observations);
  const plan = planOf(pass, observations);
  return { plan: cluster ? plan : withoutSecrets(plan, wanted.graph), spec: wanted.spec, graph: wanted.graph };
}

/** What comes from Secrets cannot be compared where they were not read: neither they nor what is made of them. */
function withoutSecrets(plan: Plan, graph: Graph): Plan {
  const unknown = new Set<string>();
  for (const { id, blocked, dependsOn } of graph.nodes) {
    if (blocked?.reason.startsWith("Secret") || dependsOn.some((other) => unknown.has(other))) unknown.add(id);
  }
  const message = "depends on a Secret of the cluster, which was not asked";
  return {
    steps: plan.steps.map((step) =>
      unknown.has(step.node) && step.id
        ? { ...step, action: "wait", changes: [], reason: "SecretNotRead", message }
        : step,
    ),
  };
}

/** The object as it will be once it is applied. */
function asObject(declared: Declared, live: KubeObject<Spec, Status> | undefined): KubeObject<Spec, Status> {
  const { namespace, name } = declared;
  const metadata = live?.metadata ?? {
    namespace,
    name,
    uid: "",
    resourceVersion: "",
    generation: 1,
    creationTimestamp: "",
  };
  const { apiVersion, kind } = declared.object;
  return { apiVersion, kind, metadata, spec: declared.spec, ...(live?.status && { status: live.status }) };
}

/**
 * The cluster that an object's resources say they belong to: any of its security groups tells, as every platform has
 * some. "unknown" when AWS has none of it.
 */
async function clusterOf(aws: Aws, owner: string): Promise<string> {
  const { SecurityGroups = [] } = await aws.ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: `tag:${tagKeys.owner}`, Values: [owner] }] }),
  );
  const clusters = new Set(
    SecurityGroups.flatMap(({ Tags = [] }) => Tags.filter(({ Key }) => Key === tagKeys.cluster)).map(
      ({ Value }) => Value ?? "",
    ),
  );
  if (clusters.size > 1) {
    throw new UserError(
      `several clusters have an AgentOrchestrator ${owner} in account ${aws.account}: name yours with --kubeconfig`,
    );
  }
  return [...clusters][0] ?? "unknown";
}

/** A memory that has seen every recorded resource long ago: then an empty read means that it is gone. */
function familiar(inventory: Inventory, now: number): Memory {
  const memory = new Memory();
  for (const { type, id } of inventory.entries) {
    if (id) memory.live(sightingKey(type, id), { state: "absent" }, now - CONSISTENCY_MS);
  }
  return memory;
}

function failWhenUnread(observations: ReadonlyMap<string, Observation>): void {
  const faults = new Set<string>();
  for (const observation of observations.values()) {
    if (observation.state === "unread") faults.add(describe(observation.error).message);
  }
  if (faults.size > 0) throw new UserError([...faults].join("\n"));
}

const noSecrets = { secret: async () => undefined };

function refuseToWrite(): never {
  throw new Error("a plan writes nothing");
}
