import type { CreateReplicationGroupCommandInput } from "@aws-sdk/client-elasticache";
import { type Network, network } from "./network.ts";
import type { Scenario, Subject } from "./scenario.ts";

async function subnetGroup({ elastiCache }: Subject, { subnetIds }: Network): Promise<void> {
  const CacheSubnetGroupDescription = "data";
  const SubnetIds = [...subnetIds];
  await elastiCache.createCacheSubnetGroup({ CacheSubnetGroupName: "data", CacheSubnetGroupDescription, SubnetIds });
}

const main = ({ groupId }: Network): CreateReplicationGroupCommandInput => ({
  ReplicationGroupId: "main",
  ReplicationGroupDescription: "main",
  Engine: "valkey",
  EngineVersion: "8.0",
  CacheNodeType: "cache.t4g.micro",
  NumCacheClusters: 1,
  CacheSubnetGroupName: "data",
  SecurityGroupIds: [groupId],
  TransitEncryptionEnabled: true,
  TransitEncryptionMode: "required",
  Tags: [{ Key: "team", Value: "blue" }],
});

export const elastiCacheScenarios: readonly Scenario[] = [
  {
    name: "a cache from coming to going",
    async run(aws, step) {
      const { elastiCache, ec2, pass } = aws;
      const net = await network(aws);
      await subnetGroup(aws, net);
      const id = { ReplicationGroupId: "main" };
      const made = await step("create", elastiCache.createReplicationGroup(main(net)), ({ ReplicationGroup }) => [
        ReplicationGroup?.ReplicationGroupId ?? null,
        ReplicationGroup?.Status ?? null,
        ReplicationGroup?.NodeGroups?.[0]?.PrimaryEndpoint === undefined,
        [...(ReplicationGroup?.MemberClusters ?? [])],
      ]);
      const ResourceName = made?.ReplicationGroup?.ARN;
      await step("create again", elastiCache.createReplicationGroup(main(net)));
      const look = (name: string) =>
        step(name, elastiCache.describeReplicationGroups(id), (answer) => answer.ReplicationGroups?.[0]?.Status);
      await look("at once");
      await step("tags at once", elastiCache.listTagsForResource({ ResourceName }), () => "told");
      await pass(600);
      await step("ten minutes later", elastiCache.describeReplicationGroups(id), ({ ReplicationGroups }) => {
        const [group] = ReplicationGroups ?? [];
        return [
          group?.Status ?? null,
          group?.Engine ?? null,
          group?.NodeGroups?.[0]?.PrimaryEndpoint?.Port ?? null,
          group?.TransitEncryptionMode ?? null,
          group?.AtRestEncryptionEnabled ?? null,
          group?.AutomaticFailover ?? null,
          group?.MultiAZ ?? null,
        ];
      });
      const CacheClusterId = made?.ReplicationGroup?.MemberClusters?.[0];
      await step("its node", elastiCache.describeCacheClusters({ CacheClusterId }), ({ CacheClusters }) => {
        const [node] = CacheClusters ?? [];
        return [
          node?.EngineVersion?.startsWith("8.0.") ?? null,
          node?.CacheSubnetGroupName ?? null,
          node?.CacheParameterGroup?.CacheParameterGroupName ?? null,
          node?.SecurityGroups?.length ?? null,
        ];
      });
      await step("its tags", elastiCache.listTagsForResource({ ResourceName }), ({ TagList = [] }) =>
        TagList.map(({ Key, Value }) => `${Key}=${Value}`),
      );
      await step("its subnet group in use", elastiCache.deleteCacheSubnetGroup({ CacheSubnetGroupName: "data" }));
      await step("its security group in use", ec2.deleteSecurityGroup({ GroupId: net.groupId }));
      const modify = (more: object) => elastiCache.modifyReplicationGroup({ ...id, ApplyImmediately: true, ...more });
      const failover = (on: boolean) => ({ AutomaticFailoverEnabled: on, MultiAZEnabled: on });
      await step("failover without a replica", modify(failover(true)));
      const replicas = { ...id, ApplyImmediately: true };
      await step("a replica", elastiCache.increaseReplicaCount({ ...replicas, NewReplicaCount: 1 }), (answer) => [
        answer.ReplicationGroup?.Status ?? null,
        answer.ReplicationGroup?.MemberClusters?.length ?? null,
      ]);
      await pass(900);
      await step("no replica more", elastiCache.increaseReplicaCount({ ...replicas, NewReplicaCount: 1 }));
      await step("failover", modify(failover(true)), (answer) => answer.ReplicationGroup?.Status);
      await pass(900);
      await step("the last replica", elastiCache.decreaseReplicaCount({ ...replicas, NewReplicaCount: 0 }));
      await step("an older version", modify({ EngineVersion: "7.2", CacheParameterGroupName: "default.valkey7" }));
      await step("another engine", modify({ Engine: "redis", EngineVersion: "7.1" }));
      await step("a version of another family", modify({ EngineVersion: "9.0" }));
      await step("plain text at once", modify({ TransitEncryptionEnabled: false }));
      await step("delete", elastiCache.deleteReplicationGroup({ ...id, FinalSnapshotIdentifier: "last" }));
      await look("while it goes");
      await pass(900);
      await look("afterwards");
      await step("its node afterwards", elastiCache.describeCacheClusters({ CacheClusterId }));
      const snapshots = elastiCache.describeSnapshots({ SnapshotName: "last" });
      await step("its snapshot", snapshots, (answer) => answer.Snapshots?.[0]?.SnapshotStatus);
      await step("delete again", elastiCache.deleteReplicationGroup(id));
    },
  },
  {
    name: "a cache that is deleted before it is made",
    async run(aws, step) {
      const { elastiCache, pass } = aws;
      const net = await network(aws);
      await subnetGroup(aws, net);
      await elastiCache.createReplicationGroup(main(net));
      const id = { ReplicationGroupId: "main" };
      await step("at once", elastiCache.deleteReplicationGroup(id));
      await pass(600);
      await step("ten minutes later", elastiCache.deleteReplicationGroup(id));
    },
  },
  {
    name: "caches that ElastiCache does not make",
    async run(aws, step) {
      const { elastiCache } = aws;
      const net = await network(aws);
      await subnetGroup(aws, net);
      let asked = 0;
      const create = (more: Partial<CreateReplicationGroupCommandInput>) => {
        asked += 1;
        return elastiCache.createReplicationGroup({ ...main(net), ReplicationGroupId: `c${asked}`, ...more });
      };
      await step("a long name", create({ ReplicationGroupId: "a".repeat(41) }));
      await step("a name with two hyphens", create({ ReplicationGroupId: "a--b" }));
      await step("no such engine", create({ Engine: "memcached" }));
      await step("a version with its patch", create({ EngineVersion: "8.0.1" }));
      await step("a version of the other engine", create({ EngineVersion: "7.1" }));
      await step("no such node type", create({ CacheNodeType: "cache.x9.huge" }));
      await step("too many nodes", create({ NumCacheClusters: 7 }));
      await step("failover with one node", create({ AutomaticFailoverEnabled: true }));
      await step("zones without failover", create({ NumCacheClusters: 2, MultiAZEnabled: true }));
      await step("parameters of another family", create({ CacheParameterGroupName: "default.redis7" }));
      await step("no such parameter group", create({ CacheParameterGroupName: "none" }));
      await step("no such subnet group", create({ CacheSubnetGroupName: "none" }));
      await step("no such security group", create({ SecurityGroupIds: ["sg-0123456789abcdef0"] }));
      await step(
        "a name with capitals",
        create({ ReplicationGroupId: "Upper" }),
        (answer) => answer.ReplicationGroup?.ReplicationGroupId,
      );
    },
  },
  {
    name: "groups that caches are made with",
    async run(aws, step) {
      const { elastiCache } = aws;
      const { subnetIds } = await network(aws);
      const group = (SubnetIds: string[], name = "one") =>
        elastiCache.createCacheSubnetGroup({
          CacheSubnetGroupName: name,
          CacheSubnetGroupDescription: "one",
          SubnetIds,
        });
      await step("no such subnet", group([subnetIds[0], "subnet-0123456789abcdef0"]));
      await step("two subnets", group([...subnetIds]), (answer) => answer.CacheSubnetGroup?.Subnets?.length);
      await step(
        "a name with capitals",
        group([...subnetIds], "Two"),
        (answer) => answer.CacheSubnetGroup?.CacheSubnetGroupName,
      );
      await step("again", group([...subnetIds]));
      const one = { CacheSubnetGroupName: "one" };
      await step(
        "fewer subnets",
        elastiCache.modifyCacheSubnetGroup({ ...one, SubnetIds: [subnetIds[0]] }),
        (answer) => answer.CacheSubnetGroup?.Subnets?.length,
      );
      await step("delete", elastiCache.deleteCacheSubnetGroup(one));
      await step("delete again", elastiCache.deleteCacheSubnetGroup(one));
      const tuned = { CacheParameterGroupName: "tuned" };
      const create = (name: string, CacheParameterGroupFamily: string) =>
        elastiCache.createCacheParameterGroup({
          CacheParameterGroupName: name,
          CacheParameterGroupFamily,
          Description: name,
        });
      await step("no such family", create("other", "valkey99"));
      await step("parameters", create("tuned", "valkey8"));
      await step("parameters again", create("tuned", "valkey8"));
      const set = (ParameterName: string, ParameterValue: string, name = "tuned") =>
        elastiCache.modifyCacheParameterGroup({
          CacheParameterGroupName: name,
          ParameterNameValues: [{ ParameterName, ParameterValue }],
        });
      await step("an unknown parameter", set("nothing", "1"));
      await step("a value that it cannot have", set("maxmemory-policy", "sometimes"));
      await step("a value", set("maxmemory-policy", "noeviction"));
      await step("AWS's own group", set("maxmemory-policy", "noeviction", "default.valkey8"));
      const ofUser = elastiCache.describeCacheParameters({ ...tuned, Source: "user" });
      await step("what is set", ofUser, ({ Parameters = [] }) =>
        Parameters.map(({ ParameterName, ParameterValue }) => `${ParameterName}=${ParameterValue}`),
      );
      await step("delete parameters", elastiCache.deleteCacheParameterGroup(tuned));
      await step("delete parameters again", elastiCache.deleteCacheParameterGroup(tuned));
    },
  },
];
