import type { Call } from "../../operation.ts";
import { AwsError } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { text, uuid } from "../common/random.ts";
import type { TagMap } from "../common/tags.ts";
import { subnetOf } from "../ec2/lookup.ts";
import { attachInterface } from "../ec2/network-interface.ts";
import { zoneHasCapacity } from "../ec2/zones.ts";
import { serviceCanAssume } from "../iam/identity.ts";
import { anyTaskDefinition, type Spec, type TaskDefinitionRow, type TaskRow, tasks } from "./rows.ts";

/** A task that could not be launched: its words are those of a service event or of RunTask's failure. */
export class LaunchFailure extends Error {
  /** "placement": no capacity; "launch": something of the task's own. */
  readonly kind: "placement" | "launch";
  constructor(kind: LaunchFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface NewTask {
  readonly clusterArn: string;
  readonly spec: Spec;
  readonly serviceArn?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly tags: TagMap;
}

/**
 * Places a task on Fargate: checks roles and quota, picks a zone and a capacity provider, attaches its network interface.
 * It is PROVISIONING then.
 *
 * @throws LaunchFailure
 */
export function placeTask(call: Call, wanted: NewTask): TaskRow {
  const { spec } = wanted;
  const row = anyTaskDefinition(call, spec.taskDefinition);
  if (!row) throw new LaunchFailure("launch", "TaskDefinition not found.");
  checkRoles(call, row);
  checkQuota(call, row);
  const provider = pickProvider(call, wanted);
  const subnetId = pickSubnet(call, wanted);
  const network = spec.network?.awsvpcConfiguration;
  const groups = network?.securityGroups ?? [];
  const id = text(call.world, 32);
  const taskArn = `${wanted.clusterArn.replace(":cluster/", ":task/")}/${id}`;
  const attached = attach(call, {
    subnetId,
    groups,
    description: `arn:aws:ecs:${call.region}:${call.account}:attachment/${uuid(call.world)}`,
    requester: "amazon-ecs",
    publicIp: network?.assignPublicIp === "ENABLED",
  });
  return tasks(call).put(taskArn, {
    arn: taskArn,
    id,
    clusterArn: wanted.clusterArn,
    serviceArn: wanted.serviceArn,
    deploymentId: wanted.deploymentId,
    group: wanted.group,
    startedBy: wanted.startedBy,
    taskDefinition: row.arn,
    spec,
    capacityProvider: provider,
    created: call.world.clock.now(),
    zone: subnetOf(call, subnetId)?.AvailabilityZone ?? "",
    subnetId,
    groups,
    interfaceId: attached.interfaceId,
    privateIp: attached.privateIp,
    publicIp: attached.publicIp,
    containers: (row.definition.containerDefinitions ?? []).map(({ name = "", image = "", essential = true }) => ({
      name,
      image,
      essential,
      arn: arn(call, "ecs", `container/${wanted.clusterArn.split("/").at(-1)}/${id}/${uuid(call.world)}`),
      exitCode: undefined,
      reason: undefined,
    })),
    tags: wanted.tags,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    health: "UNKNOWN",
    healthy: false,
    sick: false,
    pullStarted: undefined,
    pullStopped: undefined,
    started: undefined,
    stopping: undefined,
    stopped: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
  });
}

/** A role that is too new, or that ECS may not assume (IAM is eventually consistent). */
function checkRoles(call: Call, { definition }: TaskDefinitionRow): void {
  const context = { "aws:SourceAccount": call.account, "aws:SourceArn": arn(call, "ecs", "*") };
  for (const role of [definition.executionRoleArn, definition.taskRoleArn]) {
    if (role === undefined || serviceCanAssume(call, role, "ecs-tasks.amazonaws.com", context)) continue;
    throw new LaunchFailure(
      "launch",
      `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being ` +
        "passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
    );
  }
}

function checkQuota(call: Call, { definition }: TaskDefinitionRow): void {
  const used = tasks(call)
    .all()
    .reduce((sum, task) => sum + Number(anyTaskDefinition(call, task.taskDefinition)?.definition.cpu ?? 0), 0);
  if ((used + Number(definition.cpu ?? 0)) / 1024 > call.world.quota("ecs.fargateVcpus")) {
    throw new LaunchFailure("placement", "You've reached the limit on the number of vCPUs you can run concurrently");
  }
}

/** ECS Developer Guide, "Capacity provider strategies": the base first, then by weight. */
function pickProvider(call: Call, { spec, deploymentId }: NewTask): string | undefined {
  if (spec.launchType === "EC2") {
    throw new LaunchFailure("placement", "No Container Instances were found in your cluster.");
  }
  const strategy = spec.capacityProviderStrategy;
  if (strategy.length === 0) return undefined;
  const held = tasks(call)
    .all()
    .filter((task) => deploymentId !== undefined && task.deploymentId === deploymentId);
  const count = (name: string | undefined) => held.filter((task) => task.capacityProvider === name).length;
  const based = strategy.find(({ capacityProvider, base = 0 }) => count(capacityProvider) < base);
  const byLoad = [...strategy].filter(({ weight = 0 }) => weight > 0).sort((a, b) => load(a) - load(b));
  function load(item: (typeof strategy)[number]): number {
    return (count(item.capacityProvider) - (item.base ?? 0)) / (item.weight ?? 1);
  }
  return (based ?? byLoad[0])?.capacityProvider;
}

/** Fargate spreads tasks over the zones of the subnets that it was given. */
function pickSubnet(call: Call, { spec, serviceArn }: NewTask): string {
  const given = (spec.network?.awsvpcConfiguration?.subnets ?? []).flatMap((id) => {
    const subnet = subnetOf(call, id);
    return subnet ? [{ id, zone: subnet.AvailabilityZone }] : [];
  });
  if (given.length === 0) throw new LaunchFailure("launch", "The subnets of the network configuration do not exist.");
  const able = given.filter(({ zone }) => zoneHasCapacity(call, zone));
  if (able.length === 0) {
    throw new LaunchFailure(
      "placement",
      "Capacity is unavailable at this time. Please try again later or in a different availability zone.",
    );
  }
  const held = tasks(call)
    .all()
    .filter((task) => serviceArn !== undefined && task.serviceArn === serviceArn && task.desiredStatus === "RUNNING");
  const inZone = (zone: string) => held.filter((task) => task.zone === zone).length;
  const [best] = able.sort((a, b) => inZone(a.zone) - inZone(b.zone));
  return best?.id ?? "";
}

function attach(call: Call, wanted: Parameters<typeof attachInterface>[1]): ReturnType<typeof attachInterface> {
  try {
    return attachInterface(call, wanted);
  } catch (error) {
    if (error instanceof AwsError) throw new LaunchFailure("launch", error.message);
    throw error;
  }
}
