import {
  type CacheCluster,
  CreateReplicationGroupCommand,
  DecreaseReplicaCountCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  IncreaseReplicaCountCommand,
  ModifyReplicationGroupCommand,
  type ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { describedByName } from "../by-name.ts";
import type { Change, Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { observed, sameVersion } from "./observed-group.ts";
import { addTags, cacheArn, tagsOf } from "./shared.ts";

export interface ReplicationGroupProps {
  readonly description: string;
  /** "redis" can become "valkey" in place, not the other way. */
  readonly engine: string;
  /** A minor version ("8.2"): any patch will do, and any higher minor of the same major when autoMinorUpgrade is on. */
  readonly engineVersion: string;
  /** "cache.t4g.micro" */
  readonly nodeType: string;
  /** Nodes beside the primary: 0 to 5. */
  readonly replicas: number;
  /** Automatic failover to a replica in another zone: needs one replica at least. */
  readonly multiAZ: boolean;
  /** Name of the parameter group, of the family of the engine's version. */
  readonly parameterGroup: string;
  /** Name of the subnet group. */
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  readonly port: number;
  readonly atRestEncryption: boolean;
  /** TLS: "required" refuses plain text, "preferred" takes both. AWS goes from disabled to required by preferred only. */
  readonly transitEncryption: "disabled" | "preferred" | "required";
  /** 0 to 35; 0 makes no snapshots. */
  readonly snapshotRetentionDays: number;
  readonly autoMinorUpgrade: boolean;
}

export interface ReplicationGroupOutputs {
  /** Host name of the primary: stays the same over failovers. */
  readonly endpoint: string;
  readonly port: number;
  /** Host name that spreads over the replicas. */
  readonly readerEndpoint: string;
  readonly arn: string;
}

const describe = describedByName<ReplicationGroup>(
  (group) => group.ReplicationGroupId,
  async (aws, query) => {
    const input = "name" in query ? { ReplicationGroupId: query.name } : query;
    const { ReplicationGroups, Marker } = await aws.elasticache.send(new DescribeReplicationGroupsCommand(input));
    return { items: ReplicationGroups, Marker };
  },
);

/** A node: version, parameter group, subnet group and security groups are told of nodes only. */
const describeNode = describedByName<CacheCluster>(
  (node) => node.CacheClusterId,
  async (aws, query) => {
    const input = "name" in query ? { CacheClusterId: query.name } : query;
    const { CacheClusters, Marker } = await aws.elasticache.send(new DescribeCacheClustersCommand(input));
    return { items: CacheClusters, Marker };
  },
);

/**
 * A primary and its replicas, in one shard (cluster mode disabled). Its id is its name, in lower case. AWS reads and takes
 * its tags only while it is available: until then, find is refused and asked again.
 */
export const replicationGroup: Kind<ReplicationGroupProps, ReplicationGroupOutputs> = {
  type: "AWS::ElastiCache::ReplicationGroup",
  identity: "naturalKey",
  createOnly: ["subnetGroup", "port", "atRestEncryption"],
  deleteFirst: true,
  data: true,
  same: {
    engineVersion: (desired, live) => sameVersion(desired, live),
    securityGroupIds: asSet("securityGroupIds"),
  },
  timing: { pollSeconds: 10, usually: "5 to 10 minutes" },

  async find(aws, { name }) {
    const id = name.toLowerCase();
    const found = await describe(aws, id);
    return found ? [{ id, tags: await tagsOf(aws, arnOf(aws, id)) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    const [node] = [...(found?.MemberClusters ?? [])].sort();
    return found && observed(found, node === undefined ? undefined : await describeNode(aws, node));
  },

  async create(aws, { name, tags, props }) {
    await aws.elasticache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: name,
        ReplicationGroupDescription: props.description,
        Engine: props.engine,
        EngineVersion: props.engineVersion,
        CacheNodeType: props.nodeType,
        NumCacheClusters: props.replicas + 1,
        AutomaticFailoverEnabled: props.multiAZ,
        MultiAZEnabled: props.multiAZ,
        CacheParameterGroupName: props.parameterGroup,
        CacheSubnetGroupName: props.subnetGroup,
        SecurityGroupIds: [...props.securityGroupIds],
        Port: props.port,
        AtRestEncryptionEnabled: props.atRestEncryption,
        TransitEncryptionEnabled: props.transitEncryption !== "disabled",
        ...(props.transitEncryption !== "disabled" && { TransitEncryptionMode: props.transitEncryption }),
        SnapshotRetentionLimit: props.snapshotRetentionDays,
        AutoMinorVersionUpgrade: props.autoMinorUpgrade,
        Tags: toTagList(tags),
      }),
    );
    return name.toLowerCase();
  },

  /**
   * Sends the first of the calls that the change needs: AWS refuses a second one until the group is available again, and
   * what is left then shows as a difference. Failover goes before the last replica does, and comes after the first one.
   */
  async update(aws, id, change) {
    const { props, live, changed } = change;
    const replicas = live.replicas ?? props.replicas;
    if (changed.includes("multiAZ") && !props.multiAZ) return modify(aws, id, failover(false));
    if (changed.includes("replicas") && replicas !== props.replicas) {
      const input = { ReplicationGroupId: id, NewReplicaCount: props.replicas, ApplyImmediately: true };
      await aws.elasticache.send(
        replicas < props.replicas ? new IncreaseReplicaCountCommand(input) : new DecreaseReplicaCountCommand(input),
      );
      return;
    }
    const settings = settingsOf(change);
    if (Object.keys(settings).length > 0) return modify(aws, id, settings);
    if (changed.includes("transitEncryption")) await modify(aws, id, encryptionStep(change));
  },

  async delete(aws, id, { finalSnapshot }) {
    const found = await describe(aws, id);
    if (found?.Status === "deleting") return;
    await aws.elasticache.send(
      new DeleteReplicationGroupCommand({
        ReplicationGroupId: id,
        RetainPrimaryCluster: false,
        ...(finalSnapshot && { FinalSnapshotIdentifier: finalSnapshot }),
      }),
    );
  },

  async tag(aws, id, tags) {
    await addTags(aws, arnOf(aws, id), tags);
  },
};

const arnOf = (aws: Aws, id: string): string => cacheArn(aws, "replicationgroup", id);

type Settings = Omit<ConstructorParameters<typeof ModifyReplicationGroupCommand>[0], "ReplicationGroupId">;

async function modify(aws: Aws, id: string, settings: Settings): Promise<void> {
  await aws.elasticache.send(
    new ModifyReplicationGroupCommand({ ReplicationGroupId: id, ApplyImmediately: true, ...settings }),
  );
}

const failover = (on: boolean): Settings => ({ AutomaticFailoverEnabled: on, MultiAZEnabled: on });

/** What one call can carry, by the prop that it comes from. */
function settingsOf({ props, changed }: Change<ReplicationGroupProps>): Settings {
  const version = { Engine: props.engine, EngineVersion: props.engineVersion };
  const all: Partial<Record<keyof ReplicationGroupProps, Settings>> = {
    description: { ReplicationGroupDescription: props.description },
    engine: version,
    engineVersion: version,
    nodeType: { CacheNodeType: props.nodeType },
    multiAZ: failover(props.multiAZ),
    parameterGroup: { CacheParameterGroupName: props.parameterGroup },
    securityGroupIds: { SecurityGroupIds: [...props.securityGroupIds] },
    snapshotRetentionDays: { SnapshotRetentionLimit: props.snapshotRetentionDays },
    autoMinorUpgrade: { AutoMinorVersionUpgrade: props.autoMinorUpgrade },
  };
  return Object.assign({}, ...changed.map((prop) => all[prop] ?? {}));
}

/** ElastiCache user guide, "In-transit encryption": between disabled and required, preferred comes first, either way. */
function encryptionStep({ props, live }: Change<ReplicationGroupProps>): Settings {
  const wanted = props.transitEncryption;
  const direct = wanted === "preferred" || live.transitEncryption === "preferred";
  const mode = direct ? wanted : "preferred";
  return mode === "disabled"
    ? { TransitEncryptionEnabled: false }
    : { TransitEncryptionEnabled: true, TransitEncryptionMode: mode };
}
