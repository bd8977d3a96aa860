import type { CacheCluster, ReplicationGroup } from "@aws-sdk/client-elasticache";
import type { Live, Observed } from "../kind.ts";
import type { ReplicationGroupOutputs, ReplicationGroupProps } from "./replication-group.ts";

/** Statuses of a group in which it serves: ElastiCache API reference, ReplicationGroup, Status. */
const available = new Set(["available", "snapshotting"]);

const words: Readonly<Record<string, string>> = {
  creating: "ElastiCache creates its nodes",
  modifying: "ElastiCache applies a change; it goes on serving",
};

/** Statuses of a node that need a person: ElastiCache API reference, CacheCluster, CacheClusterStatus. */
const remedies: Readonly<Record<string, string>> = {
  "incompatible-network": "its subnets have no free addresses or its VPC has changed; make room in the subnets",
  "restore-failed": "restoring it from a snapshot failed; its events in the ElastiCache console say why",
};

/**
 * While ElastiCache creates or changes a group, it shows neither what it was asked for nor takes more: then only what can
 * never change is compared.
 *
 * @param node one of its nodes; undefined while AWS shows none
 */
export function observed(
  group: ReplicationGroup,
  node: CacheCluster | undefined,
): Observed<ReplicationGroupProps, ReplicationGroupOutputs> {
  const status = group.Status ?? "";
  const pending = pendingIn(group);
  const settled = available.has(status) && pending.length === 0;
  const fixed = { ...fixedOf(group), ...(node && { subnetGroup: node.CacheSubnetGroupName ?? "" }) };
  const live = settled ? { ...fixed, ...liveOf(group), ...(node && liveOfNode(node)) } : fixed;
  if (status === "deleting") return { phase: "deleting", live, message: "ElastiCache deletes it" };
  if (status === "create-failed") {
    const message =
      "ElastiCache could not create it; its events in the ElastiCache console say why, often addresses or capacity. " +
      `Delete it with \`aws elasticache delete-replication-group --replication-group-id ${group.ReplicationGroupId}\`, and it is made again`;
    return { phase: "failed", live, message };
  }
  const outputs = outputsOf(group);
  const remedy = remedies[node?.CacheClusterStatus ?? ""];
  if (remedy) return { phase: "failed", live, message: `a node is ${node?.CacheClusterStatus}: ${remedy}`, outputs };
  if (settled && outputs && node) return { phase: "ready", live, outputs };
  const message =
    words[status] ??
    (pending.length > 0 ? `ElastiCache is about to change ${pending.join(", ")}` : `replication group is ${status}`);
  return { phase: "progressing", live, message, outputs: status === "creating" ? undefined : outputs };
}

/** Names of what ElastiCache has accepted and not yet applied. */
function pendingIn({ PendingModifiedValues = {}, AutomaticFailover }: ReplicationGroup): string[] {
  const values = Object.entries(PendingModifiedValues).filter(([, value]) => value !== undefined);
  const names = values.flatMap(([name, value]) => (Array.isArray(value) && value.length === 0 ? [] : [name]));
  const switching = AutomaticFailover === "enabling" || AutomaticFailover === "disabling";
  return switching ? [...new Set([...names, "AutomaticFailoverStatus"])] : names;
}

function outputsOf({ NodeGroups, ARN = "" }: ReplicationGroup): ReplicationGroupOutputs | undefined {
  const { PrimaryEndpoint, ReaderEndpoint } = NodeGroups?.[0] ?? {};
  const { Address, Port } = PrimaryEndpoint ?? {};
  if (!Address || !Port) return undefined;
  // A group without replicas may have no reader endpoint: the primary reads as well.
  return { endpoint: Address, port: Port, readerEndpoint: ReaderEndpoint?.Address ?? Address, arn: ARN };
}

function fixedOf(group: ReplicationGroup): Live<ReplicationGroupProps> {
  const port = group.NodeGroups?.[0]?.PrimaryEndpoint?.Port;
  return { atRestEncryption: group.AtRestEncryptionEnabled ?? false, ...(port !== undefined && { port }) };
}

function liveOf(group: ReplicationGroup): Live<ReplicationGroupProps> {
  return {
    description: group.Description ?? "",
    ...(group.Engine !== undefined && { engine: group.Engine }),
    nodeType: group.CacheNodeType ?? "",
    replicas: Math.max((group.MemberClusters ?? []).length - 1, 0),
    multiAZ: group.MultiAZ === "enabled" && group.AutomaticFailover === "enabled",
    transitEncryption: group.TransitEncryptionEnabled ? (group.TransitEncryptionMode ?? "required") : "disabled",
    snapshotRetentionDays: group.SnapshotRetentionLimit ?? 0,
    autoMinorUpgrade: group.AutoMinorVersionUpgrade ?? false,
  };
}

function liveOfNode(node: CacheCluster): Live<ReplicationGroupProps> {
  return {
    ...(node.Engine !== undefined && { engine: node.Engine }),
    engineVersion: node.EngineVersion ?? "",
    parameterGroup: node.CacheParameterGroup?.CacheParameterGroupName ?? "",
    securityGroupIds: (node.SecurityGroups ?? [])
      .filter(({ Status }) => Status !== "removing")
      .map(({ SecurityGroupId = "" }) => SecurityGroupId)
      .sort(),
  };
}

/** Whether the live version is the desired one: its patch is AWS's, and with autoMinorUpgrade its minor may have gone up. */
export function sameVersion(
  { engine, engineVersion, autoMinorUpgrade }: ReplicationGroupProps,
  live: Live<ReplicationGroupProps>,
): boolean {
  if (live.engine !== undefined && live.engine !== engine) return false;
  const [major = 0, minor = 0] = engineVersion.split(".").map(Number);
  const [liveMajor = 0, liveMinor = 0] = (live.engineVersion ?? "").split(".").map(Number);
  return liveMajor === major && (autoMinorUpgrade ? liveMinor >= minor : liveMinor === minor);
}
