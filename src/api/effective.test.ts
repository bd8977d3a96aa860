import { expect, test } from "vitest";
import { minimal } from "./cases/case.ts";
import { effectiveSpec } from "./effective.ts";
import type { SpecInput } from "./resource.ts";
import { spec } from "./spec.ts";

const zones = ["us-east-1c", "us-east-1a", "us-east-1b"];
const parse = (rest: Partial<SpecInput>) => spec.parse({ ...minimal(), ...rest });
const production = { profile: "Production", data: { database: {} } } as const;

test("zones are the first of the region by name, and recorded", () => {
  const { spec: effective, defaults } = effectiveSpec(parse({}), zones);
  expect(effective.network.made?.zones).toEqual(["us-east-1a", "us-east-1b"]);
  expect(defaults.zones).toEqual(["us-east-1a", "us-east-1b"]);
});

test("recorded zones stay when AWS offers others", () => {
  const { defaults } = effectiveSpec(parse({}), zones);
  const later = effectiveSpec(parse({ network: { zones: { count: 3 } } }), ["us-east-1_", "us-east-1b"], defaults);
  expect(later.spec.network.made?.zones).toEqual(["us-east-1a", "us-east-1b", "us-east-1_"]);
});

test("a production database has a standby, and a last snapshot when it goes", () => {
  const { spec: effective } = effectiveSpec(parse(production), zones);
  expect(effective.data.database).toMatchObject({
    instanceClass: "db.t3.small",
    multiAZ: true,
    backupRetentionDays: 14,
  });
  expect(effective.policies).toEqual({ database: "Snapshot", data: "Retain" });
});

test("what the spec says wins over the profile", () => {
  const { spec: effective } = effectiveSpec(parse({ ...production, data: { database: { multiAZ: false } } }), zones);
  expect(effective.data.database?.multiAZ).toBe(false);
});

test("recorded defaults win over today's, and a change of the profile over both", () => {
  const { defaults } = effectiveSpec(parse(production), zones);
  const older = { ...defaults, instanceClass: "db.m5.large" };
  expect(effectiveSpec(parse(production), zones, older).spec.data.database?.instanceClass).toBe("db.m5.large");
  const changed = effectiveSpec(parse({ data: { database: {} } }), zones, older);
  expect(changed.spec.data.database?.instanceClass).toBe("db.t3.micro");
  expect(changed.defaults.profile).toBe("Development");
});

test("deletionPolicy Snapshot keeps what has no snapshots", () => {
  const { spec: effective } = effectiveSpec(parse({ deletionPolicy: "Snapshot" }), zones);
  expect(effective.policies).toEqual({ database: "Snapshot", data: "Retain" });
});

test("an existing network asks for no zones", () => {
  const existing = { vpc: "vpc-1", publicSubnets: ["subnet-a", "subnet-b"], privateSubnets: ["subnet-c", "subnet-d"] };
  const { spec: effective, defaults } = effectiveSpec(parse({ network: { existing } }), []);
  expect(effective.network).toEqual({ existing });
  expect(defaults.zones).toBeUndefined();
});

test("a cache has the size and the copies of its profile, also where an older operator recorded none", () => {
  const { spec: development, defaults } = effectiveSpec(parse({ data: { cache: {} } }), zones);
  expect(development.data.cache).toMatchObject({
    engine: "Valkey",
    version: "8.2",
    nodeType: "cache.t4g.micro",
    replicas: 0,
    snapshotRetentionDays: 1,
  });
  const { cacheNodeType: _, cacheReplicas: __, cacheSnapshotRetentionDays: ___, ...older } = defaults;
  expect(effectiveSpec(parse({ data: { cache: {} } }), zones, older).defaults).toEqual(defaults);
  const kept = { ...defaults, cacheNodeType: "cache.t3.micro", cacheReplicas: 2 };
  const later = effectiveSpec(parse({ data: { cache: { replicas: 1 } } }), zones, kept).spec.data.cache;
  expect(later).toMatchObject({ nodeType: "cache.t3.micro", replicas: 1 });
});
