import type { CreateReplicationGroupCommandInput } from "@aws-sdk/client-elasticache";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let cache: PlatformClients["elastiCache"];
let net: Network;

beforeEach(async () => {
  world = simulate();
  cache = platformClients(world).elastiCache;
  net = await network(world);
  await cache.createCacheSubnetGroup({
    CacheSubnetGroupName: "Data",
    CacheSubnetGroupDescription: "data",
    SubnetIds: net.subnetIds,
  });
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const ReplicationGroupId = "main";
const create = (more: Partial<CreateReplicationGroupCommandInput> = {}) =>
  cache.createReplicationGroup({
    ReplicationGroupId: "Main",
    ReplicationGroupDescription: "main",
    Engine: "valkey",
    EngineVersion: "8.0",
    CacheNodeType: "cache.t4g.micro",
    NumCacheClusters: 1,
    CacheSubnetGroupName: "data",
    SecurityGroupIds: [net.groupId],
    ...more,
  });
const look = async () => must((await cache.describeReplicationGroups({ ReplicationGroupId })).ReplicationGroups?.[0]);
const node = async (id = "main-001") =>
  must((await cache.describeCacheClusters({ CacheClusterId: id })).CacheClusters?.[0]);
const modify = (more: object) => cache.modifyReplicationGroup({ ReplicationGroupId, ApplyImmediately: true, ...more });
const replicated = { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true };
const pass = (minutes: number) => world.pass(minutes * 60);

describe("a replication group", () => {
  it("takes minutes to come, and has no endpoint until then", async () => {
    const { ReplicationGroup } = await create();
    expect(ReplicationGroup).toMatchObject({ ReplicationGroupId, Status: "creating", MemberClusters: ["main-001"] });
    expect(ReplicationGroup?.NodeGroups).toBeUndefined();
    expect(await node()).toMatchObject({ CacheClusterStatus: "creating" });
    await pass(10);
    expect((await look()).NodeGroups?.[0]?.PrimaryEndpoint).toMatchObject({ Port: 6379 });
    expect(await look()).toMatchObject({ Status: "available", AtRestEncryptionEnabled: true });
    expect(await node()).toMatchObject({
      Engine: "valkey",
      EngineVersion: "8.0.1",
      CacheSubnetGroupName: "data",
      CacheParameterGroup: { CacheParameterGroupName: "default.valkey8" },
      SecurityGroups: [{ SecurityGroupId: net.groupId }],
    });
  });

  it("refuses changes, tags and deletion until it is available, and while it is changed", async () => {
    const made = await create();
    const ResourceName = must(made.ReplicationGroup?.ARN);
    const refused = async () => [
      await code(modify({ CacheNodeType: "cache.t4g.small" })),
      await code(cache.listTagsForResource({ ResourceName })),
      await code(cache.addTagsToResource({ ResourceName, Tags: [{ Key: "a", Value: "b" }] })),
      await code(cache.deleteReplicationGroup({ ReplicationGroupId })),
    ];
    const busy = Array.from({ length: 4 }, () => "InvalidReplicationGroupStateFault");
    expect(await refused()).toEqual(busy);
    await pass(10);
    await cache.addTagsToResource({ ResourceName, Tags: [{ Key: "a", Value: "b" }] });
    expect((await modify({ CacheNodeType: "cache.t4g.small" })).ReplicationGroup?.Status).toBe("modifying");
    expect(await refused()).toEqual(busy);
    expect(await look()).toMatchObject({ CacheNodeType: "cache.t4g.micro" });
    await pass(20);
    expect(await look()).toMatchObject({ Status: "available", CacheNodeType: "cache.t4g.small" });
    expect((await cache.listTagsForResource({ ResourceName })).TagList).toEqual([{ Key: "a", Value: "b" }]);
  });

  it("spreads its nodes over zones, and holds subnets and security groups until it is gone", async () => {
    await create(replicated);
    await pass(10);
    const zones = (await look()).NodeGroups?.[0]?.NodeGroupMembers?.map((one) => one.PreferredAvailabilityZone);
    expect(zones).toEqual(["us-east-1a", "us-east-1b"]);
    const blocked = async () => [
      await code(cache.deleteCacheSubnetGroup({ CacheSubnetGroupName: "data" })),
      await code(world.ec2.deleteSecurityGroup({ GroupId: net.groupId })),
      await code(cache.modifyCacheSubnetGroup({ CacheSubnetGroupName: "data", SubnetIds: net.subnetIds.slice(0, 1) })),
    ];
    expect(await blocked()).toEqual(["CacheSubnetGroupInUse", "DependencyViolation", "SubnetInUse"]);
    await cache.deleteReplicationGroup({ ReplicationGroupId });
    expect(await look()).toMatchObject({ Status: "deleting" });
    expect((await blocked()).slice(0, 2)).toEqual(["CacheSubnetGroupInUse", "DependencyViolation"]);
    await pass(10);
    expect(await code(look())).toBe("ReplicationGroupNotFoundFault");
    expect(await code(node())).toBe("CacheClusterNotFoundFault");
    await cache.deleteCacheSubnetGroup({ CacheSubnetGroupName: "data" });
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
  });

  it("gets replicas before failover, and loses failover before the last replica", async () => {
    await create();
    await pass(10);
    const on = { AutomaticFailoverEnabled: true, MultiAZEnabled: true };
    expect(await code(modify(on))).toBe("InvalidParameterCombinationException");
    const count = { ReplicationGroupId, ApplyImmediately: true };
    expect(await code(cache.increaseReplicaCount({ ...count, NewReplicaCount: 0 }))).toBe("NoOperationFault");
    await cache.increaseReplicaCount({ ...count, NewReplicaCount: 2 });
    await pass(10);
    await modify(on);
    expect(await look()).toMatchObject({ AutomaticFailover: "enabling", MultiAZ: "disabled" });
    await pass(5);
    expect(await look()).toMatchObject({ AutomaticFailover: "enabled", MultiAZ: "enabled" });
    const none = { ...count, NewReplicaCount: 0 };
    expect(await words(cache.decreaseReplicaCount(none))).toMatch(/while automatic failover is enabled/);
    await modify({ AutomaticFailoverEnabled: false, MultiAZEnabled: false });
    await pass(5);
    await cache.decreaseReplicaCount(none);
    expect((await look()).MemberClusters).toHaveLength(3);
    await pass(10);
    expect((await look()).MemberClusters).toEqual(["main-001"]);
  });

  it("goes to newer versions and from Redis to Valkey, with a parameter group of that family, and never back", async () => {
    await create({ Engine: "redis", EngineVersion: "7.0" });
    await pass(10);
    expect(await code(modify({ EngineVersion: "6.2" }))).toBe("InvalidParameterCombinationException");
    const upgrade = { Engine: "valkey", EngineVersion: "8.1" };
    expect(await words(modify(upgrade))).toBe(
      "Expected a parameter group of family valkey8 but found one of family redis7",
    );
    await modify({ ...upgrade, CacheParameterGroupName: "default.valkey8" });
    await pass(30);
    expect(await node()).toMatchObject({ Engine: "valkey", EngineVersion: "8.1.0" });
    const back = { Engine: "redis", EngineVersion: "7.1", CacheParameterGroupName: "default.redis7" };
    expect(await words(modify(back))).toMatch(/^Cannot downgrade/);
  });

  it("encrypts in transit step by step, and at rest from its first day or never", async () => {
    await create({ AtRestEncryptionEnabled: false });
    await pass(10);
    const set = (mode: "preferred" | "required") =>
      modify({ TransitEncryptionEnabled: true, TransitEncryptionMode: mode });
    expect(await code(set("required"))).toBe("InvalidParameterCombinationException");
    await set("preferred");
    expect(await look()).toMatchObject({
      TransitEncryptionEnabled: false,
      PendingModifiedValues: { TransitEncryptionMode: "preferred" },
    });
    await pass(15);
    await set("required");
    await pass(15);
    expect(await look()).toMatchObject({ TransitEncryptionMode: "required", AtRestEncryptionEnabled: false });
    expect((await look()).NodeGroups?.[0]?.PrimaryEndpoint?.Address).toMatch(/^master[.]main[.]/);
    expect(await code(modify({ TransitEncryptionEnabled: false }))).toBe("InvalidParameterCombinationException");
  });

  it("leaves a last snapshot when it is asked to", async () => {
    await create();
    await pass(10);
    await cache.deleteReplicationGroup({ ReplicationGroupId, FinalSnapshotIdentifier: "last" });
    const snapshot = async () => (await cache.describeSnapshots({ SnapshotName: "last" })).Snapshots?.[0];
    expect(await snapshot()).toMatchObject({ SnapshotStatus: "creating", ReplicationGroupId });
    await pass(15);
    expect(await snapshot()).toMatchObject({ SnapshotStatus: "available" });
    expect(await code(look())).toBe("ReplicationGroupNotFoundFault");
    await create();
    await pass(10);
    const again = { ReplicationGroupId, FinalSnapshotIdentifier: "last" };
    expect(await code(cache.deleteReplicationGroup(again))).toBe("SnapshotAlreadyExistsFault");
  });

  it("is refused with what ElastiCache does not have or pair", async () => {
    const refused: [Partial<CreateReplicationGroupCommandInput>, string][] = [
      [{ ReplicationGroupId: "a".repeat(41) }, "InvalidParameterValueException"],
      [{ ReplicationGroupId: "a--b" }, "InvalidParameterValueException"],
      [{ Engine: "memcached" }, "InvalidParameterValueException"],
      [{ EngineVersion: "8.0.1" }, "InvalidParameterCombinationException"],
      [{ EngineVersion: "7.1" }, "InvalidParameterCombinationException"],
      [{ CacheNodeType: "cache.x9.huge" }, "InvalidParameterValueException"],
      [{ NumCacheClusters: 7 }, "InvalidParameterValueException"],
      [{ AutomaticFailoverEnabled: true }, "InvalidParameterCombinationException"],
      [{ ...replicated, AutomaticFailoverEnabled: false }, "InvalidParameterCombinationException"],
      [{ CacheParameterGroupName: "default.redis7" }, "InvalidParameterCombinationException"],
      [{ CacheParameterGroupName: "none" }, "CacheParameterGroupNotFoundFault"],
      [{ CacheSubnetGroupName: "none" }, "CacheSubnetGroupNotFoundFault"],
      [{ SecurityGroupIds: ["sg-00000000000000000"] }, "InvalidParameterValueException"],
      [{ SnapshotRetentionLimit: 36 }, "InvalidParameterValueException"],
    ];
    for (const [more, name] of refused) expect([more, await code(create(more))]).toEqual([more, name]);
    expect((await world.ec2.describeNetworkInterfaces({})).NetworkInterfaces).toEqual([]);
    await create();
    expect(await code(create())).toBe("ReplicationGroupAlreadyExistsFault");
    world.aws.setQuota("elasticache.nodes", 1);
    expect(await code(create({ ReplicationGroupId: "other" }))).toBe("NodeQuotaForCustomerExceededFault");
  });
});

it("keeps parameter groups: only known parameters with allowed values, and none that is in use is deleted", async () => {
  const CacheParameterGroupName = "tuned";
  const group = { CacheParameterGroupName, CacheParameterGroupFamily: "valkey8", Description: "tuned" };
  await cache.createCacheParameterGroup(group);
  expect(await code(cache.createCacheParameterGroup(group))).toBe("CacheParameterGroupAlreadyExistsFault");
  const set = (ParameterName: string, ParameterValue: string, name = CacheParameterGroupName) =>
    cache.modifyCacheParameterGroup({
      CacheParameterGroupName: name,
      ParameterNameValues: [{ ParameterName, ParameterValue }],
    });
  expect(await words(set("nothing", "1"))).toBe("Could not find parameter with name: nothing");
  expect(await code(set("maxmemory-policy", "sometimes"))).toBe("InvalidParameterValueException");
  expect(await code(set("timeout", "5"))).toBe("InvalidParameterValueException");
  expect(await code(set("timeout", "60", "default.valkey8"))).toBe("InvalidParameterValueException");
  await set("maxmemory-policy", "noeviction");
  const ofUser = { CacheParameterGroupName, Source: "user" };
  expect((await cache.describeCacheParameters(ofUser)).Parameters).toMatchObject([
    { ParameterName: "maxmemory-policy", ParameterValue: "noeviction" },
  ]);
  await create({ CacheParameterGroupName });
  expect(await code(cache.deleteCacheParameterGroup({ CacheParameterGroupName }))).toBe(
    "InvalidCacheParameterGroupStateFault",
  );
});

it("lists by pages of 20 at least, and refuses a marker that is none", async () => {
  for (let count = 0; count < 21; count++) {
    await cache.createCacheSubnetGroup({
      CacheSubnetGroupName: `g${count}`,
      CacheSubnetGroupDescription: "one of many",
      SubnetIds: net.subnetIds,
    });
  }
  const first = await cache.describeCacheSubnetGroups({ MaxRecords: 20 });
  expect(first.CacheSubnetGroups).toHaveLength(20);
  const rest = await cache.describeCacheSubnetGroups({ MaxRecords: 20, Marker: first.Marker });
  expect(rest.CacheSubnetGroups).toHaveLength(2);
  expect(rest.Marker).toBeUndefined();
  expect(await code(cache.describeCacheSubnetGroups({ MaxRecords: 5 }))).toBe("InvalidParameterValueException");
  expect(await code(cache.describeCacheSubnetGroups({ Marker: "none" }))).toBe("InvalidParameterValueException");
});
