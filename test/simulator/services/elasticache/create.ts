import type { CreateReplicationGroupMessage } from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { ALPHANUMERIC, text, uuid } from "../common/random.ts";
import { fromTags } from "../common/tags.ts";
import { groupOf, subnetOf } from "../ec2/lookup.ts";
import { type EngineVersion, isNodeType, resolveVersion } from "./catalog.ts";
import { describeGroup } from "./describe.ts";
import { addNodes, countNodes } from "./nodes.ts";
import { parameterGroup, parameterGroupNotFound } from "./parameter-groups.ts";
import type { GroupRow, SubnetGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { subnetGroupNotFound } from "./subnet-groups.ts";

/** What one call of CreateReplicationGroup asks for and this world does not have. */
const NOT_SIMULATED = [
  "AuthToken",
  "GlobalReplicationGroupId",
  "LogDeliveryConfigurations",
  "NodeGroupConfiguration",
  "PrimaryClusterId",
  "SnapshotArns",
  "SnapshotName",
  "UserGroupIds",
] as const;

/** API_CreateReplicationGroup, cluster mode disabled. It is creating, without endpoints, then available. */
export function createReplicationGroup(call: Call, input: CreateReplicationGroupMessage): object {
  const id = rows.lower(input.ReplicationGroupId);
  rows.checkName("Replication Group ID", id, 40);
  for (const member of NOT_SIMULATED) {
    const value = input[member];
    if (Array.isArray(value) ? value.length > 0 : value !== undefined) {
      throw rows.badValue(`${member} is not simulated.`);
    }
  }
  if ((input.NumNodeGroups ?? 1) > 1 || input.ClusterMode === "enabled") {
    throw rows.badValue("Cluster mode enabled is not simulated.");
  }
  if (rows.groups(call).get(id)) {
    throw new AwsError("ReplicationGroupAlreadyExistsFault", `Replication group ${id} already exists.`);
  }
  const version = checkEngine(input);
  const nodes = input.NumCacheClusters ?? (input.ReplicasPerNodeGroup ?? 0) + 1;
  checkNodes(call, input, nodes);
  const subnetGroup = rows.subnetGroups(call).get(rows.lower(input.CacheSubnetGroupName));
  if (!subnetGroup) throw subnetGroupNotFound(input.CacheSubnetGroupName ?? "default");
  const groups = checkGroups(call, subnetGroup, input.SecurityGroupIds ?? []);
  const transit = checkEncryption(input);
  if (input.MultiAZEnabled) checkZones(call, subnetGroup);
  const parameters = checkParameterGroup(call, input.CacheParameterGroupName, version);
  const retention = checkRetention(input.SnapshotRetentionLimit ?? 0);
  const row = rows.groups(call).put(id, {
    id,
    arn: rows.cacheArn(call, "replicationgroup", id),
    incarnation: uuid(call.world),
    subnetGroup: subnetGroup.name,
    vpcId: subnetGroup.vpcId,
    port: input.Port ?? 6379,
    atRestEncryption: input.AtRestEncryptionEnabled ?? version.engine === "valkey",
    kmsKeyId: input.KmsKeyId,
    status: "creating",
    created: undefined,
    host: undefined,
    description: input.ReplicationGroupDescription ?? "",
    engine: version.engine,
    version: version.version,
    nodeType: input.CacheNodeType ?? "",
    members: addNodes(call, { id, subnetGroup, groups }, [], nodes),
    failover: input.AutomaticFailoverEnabled ? "enabled" : "disabled",
    multiAZ: input.MultiAZEnabled ?? false,
    parameterGroup: parameters,
    groups,
    transit,
    pendingTransit: undefined,
    snapshotRetentionDays: retention,
    snapshotWindow: input.SnapshotWindow ?? "06:30-07:30",
    maintenanceWindow: (input.PreferredMaintenanceWindow ?? "sun:08:00-sun:09:00").toLowerCase(),
    autoMinorUpgrade: input.AutoMinorVersionUpgrade ?? true,
    tags: fromTags(input.Tags),
  });
  start(call, row);
  return { ReplicationGroup: describeGroup(row) };
}

function checkEngine(input: CreateReplicationGroupMessage): EngineVersion {
  const engine = input.Engine ?? "redis";
  if (engine !== "redis" && engine !== "valkey") throw rows.badValue(`Engine ${engine} is not valid.`);
  if (!isNodeType(input.CacheNodeType ?? "")) {
    throw rows.badValue(`The specified cache node type ${input.CacheNodeType} is not valid.`);
  }
  return checkVersion(engine, input.EngineVersion);
}

/** @throws when ElastiCache has no such version, or when it is named with its patch, which is AWS's. */
export function checkVersion(engine: string, name: string | undefined): EngineVersion {
  const version = resolveVersion(engine, name);
  if (!version) throw rows.badCombination(`Cannot find version ${name} for ${engine}`);
  return version;
}

function checkNodes(call: Call, input: CreateReplicationGroupMessage, nodes: number): void {
  if (nodes < 1 || nodes > 6) {
    throw rows.badValue("The number of replicas per node group must be within 0 and 5.");
  }
  checkFailover(input.AutomaticFailoverEnabled ?? false, input.MultiAZEnabled ?? false, nodes);
  if (countNodes(call) + nodes > call.world.quota("elasticache.nodes")) {
    throw new AwsError(
      "NodeQuotaForCustomerExceededFault",
      "The request would exceed the number of cache nodes that this account may have.",
    );
  }
}

/** API_CreateReplicationGroup, NumCacheClusters; ElastiCache User Guide, "Minimizing downtime with Multi-AZ". */
export function checkFailover(failover: boolean, multiAZ: boolean, nodes: number): void {
  if (failover && nodes < 2) {
    throw rows.badCombination(
      "When using automatic failover, there must be at least 2 cache clusters in the replication group.",
    );
  }
  if (multiAZ && !failover) throw rows.badCombination("Must enable Automatic Failover to enable MultiAZ.");
}

export function checkZones(call: Call, { subnetIds }: SubnetGroupRow): void {
  if (new Set(subnetIds.map((id) => subnetOf(call, id)?.AvailabilityZone)).size < 2) {
    throw rows.badCombination("Multi-AZ needs subnets in at least two Availability Zones.");
  }
}

/** API_CreateReplicationGroup, SecurityGroupIds: of the VPC of the subnet group. */
export function checkGroups(
  call: Call,
  { vpcId }: Pick<SubnetGroupRow, "vpcId">,
  ids: readonly string[],
): readonly string[] {
  for (const id of ids) {
    const group = groupOf(call, id);
    if (!group) throw rows.badValue(`Some security group Ids are invalid: ${id}`);
    if (group.VpcId !== vpcId) {
      throw rows.badCombination(`The security group ${id} is not in the VPC of the cache subnet group.`);
    }
  }
  return [...ids];
}

export function checkParameterGroup(call: Call, given: string | undefined, { family }: EngineVersion): string {
  const name = rows.lower(given ?? `default.${family}`);
  const group = parameterGroup(call, name);
  if (!group) throw parameterGroupNotFound(name);
  if (group.family !== family) {
    throw rows.badCombination(`Expected a parameter group of family ${family} but found one of family ${group.family}`);
  }
  return name;
}

function checkEncryption(input: CreateReplicationGroupMessage): GroupRow["transit"] {
  if (!input.TransitEncryptionEnabled) {
    if (input.TransitEncryptionMode !== undefined) {
      throw rows.badCombination("TransitEncryptionMode needs TransitEncryptionEnabled.");
    }
    return "disabled";
  }
  return input.TransitEncryptionMode ?? "required";
}

/** API_CreateReplicationGroup, SnapshotRetentionLimit; ElastiCache User Guide, "Scheduling automatic backups": 35 at most. */
export function checkRetention(days: number): number {
  if (days < 0 || days > 35) throw rows.badValue(`SnapshotRetentionLimit ${days} must be between 0 and 35.`);
  return days;
}

function start(call: Call, { id, incarnation }: GroupRow): void {
  const { world } = call;
  world.clock.after(world.duration("elasticache.group.create"), () => {
    const now = rows.groups(call).get(id);
    if (now?.incarnation !== incarnation || now.status !== "creating") return;
    rows.groups(call).change(id, (group) => {
      const [place = ""] = call.region.split("-");
      group.status = "available";
      group.created = world.clock.now();
      group.host = `${text(world, 6, ALPHANUMERIC)}.${place}${call.region.at(-1)}`;
    });
  });
}
