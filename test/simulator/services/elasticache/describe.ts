import type {
  CacheCluster,
  DescribeCacheClustersMessage,
  DescribeCacheEngineVersionsMessage,
  DescribeReplicationGroupsMessage,
  ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { engineVersions } from "./catalog.ts";
import { markerPage } from "./pages.ts";
import type { GroupRow, MemberRow } from "./rows.ts";
import * as rows from "./rows.ts";

/** "master.main.abc123.use1.cache.amazonaws.com" with TLS, "main.abc123.ng.0001.use1.…" without. */
function endpoints(row: GroupRow): { primary: string; reader: string; node: (id: string) => string } {
  const place = `${row.host}.cache.amazonaws.com`;
  return row.transit === "disabled"
    ? { primary: `${row.id}.ng.${place}`, reader: `${row.id}-ro.${place}`, node: (id) => `${id}.${place}` }
    : { primary: `master.${row.id}.${place}`, reader: `replica.${row.id}.${place}`, node: (id) => `${id}.${place}` };
}

/** API_ReplicationGroup. What is being created has no endpoints. */
export function describeGroup(row: GroupRow): ReplicationGroup {
  const { primary, reader, node } = endpoints(row);
  const at = (Address: string) => ({ Address, Port: row.port });
  return {
    ReplicationGroupId: row.id,
    Description: row.description,
    Status: row.status,
    PendingModifiedValues:
      row.pendingTransit === undefined
        ? {}
        : {
            TransitEncryptionEnabled: row.pendingTransit !== "disabled",
            ...(row.pendingTransit !== "disabled" && { TransitEncryptionMode: row.pendingTransit }),
          },
    MemberClusters: row.members.map(({ id }) => id),
    ...(row.host !== undefined && {
      NodeGroups: [
        {
          NodeGroupId: "0001",
          Status: row.status === "modifying" ? "modifying" : "available",
          PrimaryEndpoint: at(primary),
          ReaderEndpoint: at(reader),
          NodeGroupMembers: row.members.map(({ id, zone }, index) => ({
            CacheClusterId: id,
            CacheNodeId: "0001",
            ReadEndpoint: at(node(id)),
            PreferredAvailabilityZone: zone,
            CurrentRole: index === 0 ? "primary" : "replica",
          })),
        },
      ],
      ReplicationGroupCreateTime: new Date(row.created ?? 0),
    }),
    SnapshottingClusterId: row.snapshotRetentionDays > 0 ? row.members.at(-1)?.id : undefined,
    AutomaticFailover: row.failover,
    MultiAZ: row.multiAZ ? "enabled" : "disabled",
    SnapshotRetentionLimit: row.snapshotRetentionDays,
    SnapshotWindow: row.snapshotWindow,
    ClusterEnabled: false,
    ClusterMode: "disabled",
    CacheNodeType: row.nodeType,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: row.transit !== "disabled",
    ...(row.transit !== "disabled" && { TransitEncryptionMode: row.transit }),
    AtRestEncryptionEnabled: row.atRestEncryption,
    KmsKeyId: row.kmsKeyId,
    ARN: row.arn,
    UserGroupIds: [],
    LogDeliveryConfigurations: [],
    DataTiering: "disabled",
    AutoMinorVersionUpgrade: row.autoMinorUpgrade,
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
    Engine: row.engine,
  };
}

/** API_CacheCluster: a node of a group. */
function describeNode(call: Call, row: GroupRow, member: MemberRow): CacheCluster {
  return {
    CacheClusterId: member.id,
    ReplicationGroupId: row.id,
    ARN: rows.cacheArn(call, "cluster", member.id),
    CacheNodeType: row.nodeType,
    Engine: row.engine,
    EngineVersion: row.version,
    CacheClusterStatus: row.status === "create-failed" ? "deleted" : row.status,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: member.zone,
    ...(row.created !== undefined && { CacheClusterCreateTime: new Date(member.created) }),
    PreferredMaintenanceWindow: row.maintenanceWindow,
    PendingModifiedValues: {},
    CacheSecurityGroups: [],
    CacheParameterGroup: {
      CacheParameterGroupName: row.parameterGroup,
      ParameterApplyStatus: "in-sync",
      CacheNodeIdsToReboot: [],
    },
    CacheSubnetGroupName: row.subnetGroup,
    AutoMinorVersionUpgrade: row.autoMinorUpgrade,
    SecurityGroups: row.groups.map((SecurityGroupId) => ({ SecurityGroupId, Status: "active" })),
    SnapshotRetentionLimit: row.snapshotRetentionDays,
    SnapshotWindow: row.snapshotWindow,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: row.transit !== "disabled",
    AtRestEncryptionEnabled: row.atRestEncryption,
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
  };
}

/** API_DescribeReplicationGroups. */
export function describeReplicationGroups(call: Call, input: DescribeReplicationGroupsMessage): object {
  const name = input.ReplicationGroupId;
  if (name !== undefined) {
    const row = rows.groups(call).shown(rows.lower(name));
    if (!row) throw rows.groupNotFound(name);
    return { ReplicationGroups: [describeGroup(row)] };
  }
  const { items, Marker } = markerPage(rows.groups(call).shownAll(), (row) => row.id, input);
  return { ReplicationGroups: items.map(describeGroup), Marker };
}

/** API_DescribeCacheClusters: nodes of groups; other clusters are not simulated. */
export function describeCacheClusters(call: Call, input: DescribeCacheClustersMessage): object {
  if (input.ShowCacheClustersNotInReplicationGroups) return { CacheClusters: [] };
  const all = rows
    .groups(call)
    .shownAll()
    .flatMap((row) => row.members.map((member) => ({ row, member })));
  const name = input.CacheClusterId;
  if (name !== undefined) {
    const found = all.find(({ member }) => member.id === rows.lower(name));
    if (!found) throw new AwsError("CacheClusterNotFoundFault", `CacheCluster not found: ${rows.lower(name)}`, 404);
    return { CacheClusters: [describeNode(call, found.row, found.member)] };
  }
  const { items, Marker } = markerPage(all, ({ member }) => member.id, input);
  return { CacheClusters: items.map(({ row, member }) => describeNode(call, row, member)), Marker };
}

/** API_DescribeCacheEngineVersions. */
export function describeCacheEngineVersions(_call: Call, input: DescribeCacheEngineVersionsMessage): object {
  const chosen = engineVersions.filter(
    ({ engine, version, family }) =>
      (input.Engine === undefined || engine === input.Engine) &&
      (input.EngineVersion === undefined || version === input.EngineVersion) &&
      (input.CacheParameterGroupFamily === undefined || family === input.CacheParameterGroupFamily),
  );
  const { items, Marker } = markerPage(chosen, ({ engine, version }) => `${engine} ${version}`, input);
  const CacheEngineVersions = items.map(({ engine, version, family }) => ({
    Engine: engine,
    EngineVersion: version,
    CacheParameterGroupFamily: family,
    CacheEngineDescription: engine,
  }));
  return { CacheEngineVersions, Marker };
}
