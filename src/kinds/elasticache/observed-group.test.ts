import type { CacheCluster, ReplicationGroup } from "@aws-sdk/client-elasticache";
import { expect, test } from "vitest";
import { observed, sameVersion } from "./observed-group.ts";
import type { ReplicationGroupProps } from "./replication-group.ts";

const endpoint = { Address: "master.main.abc123.use1.cache.amazonaws.com", Port: 6379 };
const group = (more: ReplicationGroup = {}): ReplicationGroup => ({
  ReplicationGroupId: "main",
  Status: "available",
  MemberClusters: ["main-001", "main-002"],
  NodeGroups: [{ PrimaryEndpoint: endpoint }],
  AutomaticFailover: "enabled",
  MultiAZ: "enabled",
  CacheNodeType: "cache.t4g.micro",
  TransitEncryptionEnabled: true,
  TransitEncryptionMode: "required",
  PendingModifiedValues: { LogDeliveryConfigurations: [] },
  ARN: "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:main",
  ...more,
});
const node: CacheCluster = { CacheClusterId: "main-001", CacheClusterStatus: "available", EngineVersion: "8.0.1" };

test("an available group is ready, and without a reader endpoint its primary reads as well", () => {
  expect(observed(group(), node)).toMatchObject({
    phase: "ready",
    live: { replicas: 1, multiAZ: true, nodeType: "cache.t4g.micro", transitEncryption: "required" },
    outputs: { endpoint: endpoint.Address, port: 6379, readerEndpoint: endpoint.Address },
  });
});

test("one that takes its daily snapshot serves and is ready", () => {
  expect(observed(group({ Status: "snapshotting" }), node).phase).toBe("ready");
});

test("one that is modified serves on, and nothing that can change is compared", () => {
  expect(observed(group({ Status: "modifying" }), node)).toMatchObject({
    phase: "progressing",
    outputs: { endpoint: endpoint.Address },
    live: { atRestEncryption: false, port: 6379 },
  });
  expect(observed(group({ Status: "modifying" }), node).live).not.toHaveProperty("nodeType");
});

test("what is accepted and not applied yet is waited for, by name", () => {
  const pending = observed(group({ PendingModifiedValues: { TransitEncryptionMode: "preferred" } }), node);
  expect(pending).toMatchObject({
    phase: "progressing",
    message: "ElastiCache is about to change TransitEncryptionMode",
  });
  expect(observed(group({ AutomaticFailover: "enabling" }), node)).toMatchObject({
    phase: "progressing",
    message: "ElastiCache is about to change AutomaticFailoverStatus",
  });
});

test("one that is created gives no address away, and one whose nodes are not shown is not ready", () => {
  const { NodeGroups: _, ...creating } = group({ Status: "creating" });
  const told = observed(creating, node);
  expect(told).toMatchObject({ phase: "progressing", message: "ElastiCache creates its nodes" });
  expect(told).toHaveProperty("outputs", undefined);
  expect(observed(group(), undefined).phase).toBe("progressing");
});

test("what only a person can help says how", () => {
  const failed = observed(group({ Status: "create-failed" }), undefined);
  expect(failed).toMatchObject({ phase: "failed" });
  expect(failed.phase === "failed" && failed.message).toContain("delete-replication-group --replication-group-id main");
  const lost = observed(group(), { ...node, CacheClusterStatus: "incompatible-network" });
  expect(lost.phase === "failed" && lost.message).toContain("make room in the subnets");
});

test("a version is the same with any patch, with AWS's upgrades with any higher minor, and never of another engine", () => {
  const same = (wanted: Partial<ReplicationGroupProps>, engineVersion: string, engine = "valkey") =>
    sameVersion({ engine: "valkey", engineVersion: "8.1", ...wanted } as ReplicationGroupProps, {
      engine,
      engineVersion,
    });
  expect(same({}, "8.1.3")).toBe(true);
  expect(same({}, "8.2.0")).toBe(false);
  expect(same({ autoMinorUpgrade: true }, "8.2.0")).toBe(true);
  expect(same({ autoMinorUpgrade: true }, "8.0.1")).toBe(false);
  expect(same({ autoMinorUpgrade: true }, "9.1.0")).toBe(false);
  expect(same({ engineVersion: "7.1" }, "7.1.0", "redis")).toBe(false);
});
