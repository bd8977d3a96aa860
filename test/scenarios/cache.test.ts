import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  type CacheCluster,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  ListTagsForResourceCommand,
  ModifyReplicationGroupCommand,
  type ReplicationGroup,
} from "@aws-sdk/client-elasticache";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant, type Written } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const ReplicationGroupId = "shop-dev-cache";
const [clerk] = smallSpec().agents as Written[];
const other = { ...clerk, name: "guide", port: 8001, ingress: undefined };
const cache = (settings: object = {}): Written => ({
  agents: [{ ...clerk, uses: [{ component: "cache" }] }, other],
  data: { cache: settings },
});

async function group(): Promise<ReplicationGroup | undefined> {
  const found = await stage.client().elasticache.send(new DescribeReplicationGroupsCommand({}));
  return found.ReplicationGroups?.[0];
}
async function node(): Promise<CacheCluster | undefined> {
  const found = await stage.client().elasticache.send(new DescribeCacheClustersCommand({}));
  return found.CacheClusters?.[0];
}
async function environmentOf(agent: string): Promise<Record<string, string | undefined>> {
  const taskDefinition = shop.id(`agent/${agent}/task-definition`);
  const found = await stage.client().ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
  const { environment = [] } = found.taskDefinition?.containerDefinitions?.[0] ?? {};
  return Object.fromEntries(environment.map(({ name = "", value }) => [name, value]));
}
async function ready(spec: Written): Promise<void> {
  if (!shop.object) stage.start();
  shop.apply(spec);
  await shop.ready();
}
const cacheWrites = (since: number): readonly string[] =>
  stage.aws.calls
    .find({ write: true, since, outcome: "ok" })
    .filter(({ service }) => service === "elasticache")
    .map(({ action }) => action);

test("an agent that uses the cache finds it, and waits for it while the others run; without it, it is all gone", async () => {
  stage.start();
  shop.apply(cache());
  await shop.until(() => shop.condition("CacheReady")?.message.includes("creates its nodes") ?? false);
  expect(shop.condition("CacheReady")).toMatchObject({ status: "False", reason: "Progressing" });
  expect(shop.condition("CacheReady")?.message).toContain("usually takes 5 to 10 minutes");
  await shop.until((now) => (now?.status?.agents ?? []).some(({ name, running }) => name === "guide" && running > 0));
  expect(shop.condition("CacheReady")?.status).toBe("False");
  expect(shop.status.resources?.some((entry) => entry.node === "agent/clerk/service" && entry.id)).toBe(false);
  await shop.ready();
  expect(shop.condition("CacheReady")?.status).toBe("True");
  const primary = (await group())?.NodeGroups?.[0]?.PrimaryEndpoint?.Address;
  expect(await environmentOf("clerk")).toMatchObject({
    REDIS_URL: `rediss://${primary}:6379`,
    REDIS_HOST: primary,
    REDIS_PORT: "6379",
  });
  expect(await environmentOf("guide")).not.toHaveProperty("REDIS_URL");
  expect(await group()).toMatchObject({ TransitEncryptionMode: "required", AtRestEncryptionEnabled: true });
  expect(shop.status.cost?.lines.map(({ item }) => item)).toContain("ElastiCache cache.t4g.micro");
  shop.apply({ agents: [clerk, other] });
  await shop.ready();
  expect(await environmentOf("clerk")).not.toHaveProperty("REDIS_URL");
  expect((await stage.resources()).filter((name) => /cache/.test(name))).toEqual([]);
});

test("it gets replicas and failover in the order in which AWS takes them, and gives them back, without being replaced", async () => {
  await ready(cache());
  const made = (await group())?.ReplicationGroupCreateTime;
  const since = stage.clock.now();
  await ready(cache({ replicas: 2, nodeType: "cache.t4g.small" }));
  expect(await group()).toMatchObject({
    AutomaticFailover: "enabled",
    MultiAZ: "enabled",
    CacheNodeType: "cache.t4g.small",
  });
  expect((await group())?.MemberClusters).toHaveLength(3);
  expect(cacheWrites(since)).toEqual(["IncreaseReplicaCount", "ModifyReplicationGroup"]);
  const later = stage.clock.now();
  await ready(cache({ replicas: 0, nodeType: "cache.t4g.small" }));
  expect(await group()).toMatchObject({ AutomaticFailover: "disabled", MultiAZ: "disabled" });
  expect((await group())?.MemberClusters).toHaveLength(1);
  expect(cacheWrites(later)).toEqual(["ModifyReplicationGroup", "DecreaseReplicaCount"]);
  expect((await group())?.ReplicationGroupCreateTime).toEqual(made);
});

test("Redis becomes Valkey of a new family in place, with a parameter group beside the old one until that is left", async () => {
  await ready(cache({ engine: "Redis", maxMemoryPolicy: "noeviction" }));
  expect((await node())?.CacheParameterGroup?.CacheParameterGroupName).toBe("shop-dev-cache-redis7");
  const made = (await group())?.ReplicationGroupCreateTime;
  await ready(cache({ version: "9.0", maxMemoryPolicy: "noeviction" }));
  expect(await node()).toMatchObject({
    Engine: "valkey",
    EngineVersion: "9.0.0",
    CacheParameterGroup: { CacheParameterGroupName: "shop-dev-cache-valkey9" },
  });
  expect((await group())?.ReplicationGroupCreateTime).toEqual(made);
  await ready(cache({ version: "9.0" }));
  expect((await node())?.CacheParameterGroup?.CacheParameterGroupName).toBe("default.valkey9");
  expect((await stage.resources()).filter((name) => name.startsWith("cache-parameter-group"))).toEqual([]);
});

test("plain text that somebody lets in is shut out again, and told", async () => {
  await ready(cache());
  await stage.client().elasticache.send(
    new ModifyReplicationGroupCommand({
      ReplicationGroupId,
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: "preferred",
      ApplyImmediately: true,
    }),
  );
  await shop.until(() => shop.events("DriftRepaired").length > 0);
  await shop.ready();
  expect(await group()).toMatchObject({ TransitEncryptionMode: "required" });
  expect(shop.events("DriftRepaired")[0]?.message).toContain("transitEncryption");
});

test("a cache whose creation got no answer is found by its tags once AWS tells them, and is not made twice", async () => {
  stage.aws.faults.add({ fault: { kind: "lost" }, action: "CreateReplicationGroup", nth: 1 });
  await ready(cache());
  expect(stage.aws.calls.find({ action: "CreateReplicationGroup", outcome: "ok" }).length).toBeLessThanOrEqual(1);
  const { ARN: ResourceName } = (await group()) ?? {};
  const { TagList } = await stage.client().elasticache.send(new ListTagsForResourceCommand({ ResourceName }));
  expect(TagList).toContainEqual({ Key: "agentorchestrator.io/owner", Value: "agents/shop" });
  expect(shop.id("cache/replication-group")).toBe(ReplicationGroupId);
});

test("a deletion while it is created waits until AWS takes it, and leaves nothing", async () => {
  stage.start();
  shop.apply(cache({ maxMemoryPolicy: "noeviction" }));
  await shop.until(() => stage.aws.calls.find({ action: "CreateReplicationGroup", outcome: "ok" }).length > 0);
  shop.delete();
  await shop.gone();
  expect(await stage.resources()).toEqual([]);
});
