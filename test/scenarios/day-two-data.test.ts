import { CreateLogGroupCommand, ListTagsForResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, ListTagsForResourceCommand as ListRepositoryTagsCommand } from "@aws-sdk/client-ecr";
import {
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { Tenant, type Written } from "../support/tenant.ts";

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

const OWNER = { "agentorchestrator.io/owner": "agents/shop" };
const database = (change: object = {}, spec: Written = {}): Written => ({
  data: { database: { engine: "Postgres", version: "15", ...change } },
  ...spec,
});
const DBInstanceIdentifier = "shop-dev-database";
const instance = async () => {
  const found = await stage.client().rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }));
  return found.DBInstances?.[0];
};
const snapshots = async () => (await stage.client().rds.send(new DescribeDBSnapshotsCommand({}))).DBSnapshots ?? [];

async function ready(spec: Written): Promise<void> {
  stage.start();
  shop.apply(spec);
  await shop.ready();
}

async function deleted(): Promise<readonly string[]> {
  shop.delete();
  await shop.gone();
  return stage.resources();
}

describe("adoption", () => {
  it("of a log group that exists puts our tags on it, changes it to what the spec says, and owns it from then on", async () => {
    const { logs } = stage.client();
    const logGroupName = "/legacy/clerk";
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await ready({ adopt: [{ resource: "agent/clerk/log-group", id: logGroupName }] });
    const resourceArn = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${logGroupName}`;
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toMatchObject(OWNER);
    expect(await stage.resources()).not.toContain("log-group /ecs/shop-dev-clerk");
    shop.apply();
    await shop.ready();
    expect(shop.id("agent/clerk/log-group")).toBe(logGroupName);
    expect(await deleted()).toEqual([]);
  });

  it("of an ECR repository runs the images that are in it", async () => {
    const { ecr } = stage.client();
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "legacy/clerk" }));
    const digest = await stage.pushImage("legacy/clerk", "latest");
    const own = { agents: [{ name: "clerk", port: 8000, ingress: {} }] };
    await ready({ ...own, adopt: [{ resource: "agent/clerk/repository", id: "legacy/clerk" }] });
    expect(shop.status.agents?.[0]?.image).toContain(`legacy/clerk@${digest}`);
    const resourceArn = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/legacy/clerk`;
    const { tags = [] } = await ecr.send(new ListRepositoryTagsCommand({ resourceArn }));
    expect(tags).toContainEqual({ Key: "agentorchestrator.io/owner", Value: "agents/shop" });
    const next = await stage.pushImage("legacy/clerk", "next");
    shop.apply({ agents: [{ name: "clerk", port: 8000, ingress: {}, image: { tag: "next" } }] });
    await shop.ready();
    expect(shop.status.agents?.[0]?.image).toContain(`legacy/clerk@${next}`);
    expect(await deleted()).toEqual([]);
  });

  it("of a VPC builds in it", async () => {
    const { ec2 } = stage.client();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const VpcId = Vpc?.VpcId ?? "";
    await ready({ adopt: [{ resource: "vpc", id: VpcId }] });
    expect(shop.id("vpc")).toBe(VpcId);
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
    expect(Vpcs[0]?.Tags).toContainEqual({ Key: "agentorchestrator.io/owner", Value: "agents/shop" });
    expect(stage.aws.calls.count({ action: "CreateVpc" })).toBe(1);
    expect(await deleted()).toEqual([]);
  });

  it("of what cannot become what the spec says is refused with both values, and it stays as it is", async () => {
    const { ec2 } = stage.client();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.5.0.0/16" }));
    const before = await stage.resources();
    stage.start();
    shop.apply({ adopt: [{ resource: "vpc", id: Vpc?.VpcId }] });
    const message = await shop.reason("AdoptionMismatch");
    expect(message).toContain(`spec.adopt names ${Vpc?.VpcId} for vpc`);
    expect(message).toContain('its cidr is "10.5.0.0/16" and would have to be "10.0.0.0/16"');
    expect(message).toContain("make spec.network.cidr fit it");
    await stage.clock.sleep(300_000);
    expect(stage.aws.calls.count({ action: "CreateVpc" })).toBe(1);
    expect(await deleted()).toEqual(before);
  });

  it("of what does not exist is refused with the entry, and goes on when that is gone", async () => {
    stage.start();
    shop.apply({ adopt: [{ resource: "vpc", id: "vpc-0a1b2c3d4e5f60718" }] });
    const message = await shop.reason("AdoptionTargetMissing");
    expect(message).toContain("spec.adopt names vpc-0a1b2c3d4e5f60718 for vpc");
    shop.apply();
    await shop.ready();
  });

  it("for a node that there is not is refused before anything is made", async () => {
    stage.start();
    shop.apply({ adopt: [{ resource: "vcp", id: "vpc-0a1b2c3d4e5f60718" }] });
    expect(await shop.reason("UnknownNode")).toContain("spec.adopt[0].resource: vcp is no resource");
    expect(stage.aws.calls.count({ write: true })).toBe(0);
  });
});

describe("deletionPolicy", () => {
  it("Delete takes the database along and leaves no snapshot", async () => {
    await ready(database({}, { deletionPolicy: "Delete" }));
    expect(await deleted()).toEqual([]);
    expect(await snapshots()).toEqual([]);
  });

  it("Snapshot takes the database along after a last snapshot, which stays", async () => {
    await ready(database({}, { deletionPolicy: "Snapshot" }));
    expect(await deleted()).toEqual([]);
    const [snapshot, ...more] = (await snapshots()).filter(({ SnapshotType }) => SnapshotType === "manual");
    expect(snapshot?.DBSnapshotIdentifier).toMatch(/^shop-dev-database-final-\d{14}$/);
    expect(snapshot?.Status).toBe("available");
    expect(more).toEqual([]);
  });

  it("Retain keeps the database and what it lives in; the next object of that name takes its own back", async () => {
    await ready(database({}, { deletionPolicy: "Retain" }));
    const { DbiResourceId, Endpoint } = (await instance()) ?? {};
    const kept = await deleted();
    expect(kept.map((name) => name.split(" ")[0])).toEqual(
      expect.arrayContaining(["db-instance", "db-subnet-group", "subnet", "vpc"]),
    );
    expect(kept.filter((name) => /ecs|alb|nat|role|log-group/.test(name))).toEqual([]);
    shop.apply(database({}, { deletionPolicy: "Delete" }));
    await shop.ready();
    expect(await instance()).toMatchObject({ DbiResourceId, Endpoint });
    expect(stage.aws.calls.count({ action: "CreateDBInstance" })).toBe(1);
    expect(stage.aws.calls.count({ action: "CreateVpc" })).toBe(1);
    expect(await deleted()).toEqual([]);
  });

  it("holds as the spec says it last, also when it was edited right before the deletion", async () => {
    await ready(database({}, { deletionPolicy: "Delete" }));
    await stage.stop();
    shop.apply(database({}, { deletionPolicy: "Retain" }));
    shop.delete();
    stage.start();
    await shop.gone();
    expect((await stage.resources()).filter((name) => name.startsWith("db-instance"))).toHaveLength(1);
  });

  it("Retain of a database that leaves the spec keeps it, and what it lives in when the object goes", async () => {
    await ready(database({}, { deletionPolicy: "Retain" }));
    shop.apply({ deletionPolicy: "Retain" });
    await shop.until((now) => now?.status?.resources?.some(({ retained }) => retained) ?? false);
    await shop.ready();
    expect(shop.events("Retained").filter(({ message }) => message.includes("DBInstance "))).toMatchObject([
      { count: 1 },
    ]);
    await stage.clock.sleep(300_000);
    expect(shop.condition("Ready")?.status).toBe("True");
    const kept = await deleted();
    expect(kept.map((name) => name.split(" ")[0])).toEqual(expect.arrayContaining(["db-instance", "vpc"]));
    expect(shop.events("DeletionBlocked")).toEqual([]);
  });

  it("Retain of a database that leaves the spec and comes back takes the same one", async () => {
    await ready(database({}, { deletionPolicy: "Retain" }));
    shop.apply({ deletionPolicy: "Retain" });
    await shop.until((now) => now?.status?.resources?.some(({ retained }) => retained) ?? false);
    shop.apply(database({}, { deletionPolicy: "Delete" }));
    await shop.until((now) => now?.status?.resources?.every(({ retained }) => !retained) ?? false);
    await shop.ready();
    expect(stage.aws.calls.count({ action: "CreateDBInstance" })).toBe(1);
    expect(await deleted()).toEqual([]);
  });

  it("Retain keeps nothing for a database that somebody has deleted", async () => {
    await ready(database({}, { deletionPolicy: "Retain" }));
    shop.apply({ deletionPolicy: "Retain" });
    await shop.until((now) => now?.status?.resources?.some(({ retained }) => retained) ?? false);
    const { rds } = stage.client();
    await stage.clock.sleep(600_000);
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier, DeletionProtection: false, ApplyImmediately: true }),
    );
    await stage.clock.sleep(120_000);
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true }));
    await stage.clock.sleep(900_000);
    expect(await deleted()).toEqual([]);
  });
});

describe("a change that would replace data", () => {
  it("is refused with field and values, and made once allowReplacement names it", async () => {
    await ready(database());
    await stage.stop();
    // Somebody restores it without encryption, under its name.
    const { rds } = stage.client();
    const { DBSubnetGroup, VpcSecurityGroups = [] } = (await instance()) ?? {};
    await stage.clock.sleep(600_000);
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true }));
    await stage.clock.sleep(600_000);
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: "db.t3.micro",
        Engine: "postgres",
        EngineVersion: "15",
        AllocatedStorage: 20,
        StorageType: "gp3",
        DBName: "agents",
        MasterUsername: "agents",
        ManageMasterUserPassword: true,
        StorageEncrypted: false,
        DBSubnetGroupName: DBSubnetGroup?.DBSubnetGroupName,
        VpcSecurityGroupIds: VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
      }),
    );
    await stage.clock.sleep(900_000);
    stage.start();
    const message = await shop.reason("ReplacementNotAllowed");
    expect(message).toContain("encrypted from false to true");
    expect(message).toContain(`would replace AWS::RDS::DBInstance ${DBInstanceIdentifier} and lose its data`);
    expect(message).toContain('spec.allowReplacement: ["database/instance"]');
    expect(shop.condition("AgentsReady")?.status).toBe("True");
    await stage.clock.sleep(600_000);
    expect(await instance()).toMatchObject({ StorageEncrypted: false, DBInstanceStatus: "available" });
    shop.apply(database({}, { allowReplacement: ["database/instance"] }));
    await shop.ready();
    expect(await instance()).toMatchObject({ StorageEncrypted: true });
    expect(await deleted()).toEqual([]);
  });
});

describe("a database", () => {
  it("gets another size in place, and agents go on meanwhile", async () => {
    await ready(database());
    const before = (await instance())?.DbiResourceId;
    const since = stage.clock.now();
    shop.apply(database({ instanceClass: "db.t3.medium", multiAZ: true }));
    await shop.until(
      (now) => now?.status?.conditions?.find(({ type }) => type === "DatabaseReady")?.status === "False",
    );
    expect(shop.condition("Ready")?.message).toContain("database/instance");
    expect(shop.condition("AgentsReady")?.status).toBe("True");
    await shop.ready();
    expect(stage.writesSince(since)).toEqual(["ModifyDBInstance"]);
    expect(await instance()).toMatchObject({ DBInstanceClass: "db.t3.medium", MultiAZ: true, DbiResourceId: before });
  });

  it("grows its storage in place, and is Ready while RDS optimizes it", async () => {
    await ready(database());
    shop.apply(database({ storageGiB: 50 }));
    await shop.ready();
    expect(await instance()).toMatchObject({ AllocatedStorage: 50, DBInstanceStatus: "storage-optimization" });
  });

  it("that RDS does not let grow again yet is told so, is not stalled, and grows when it may", async () => {
    await ready(database());
    const code = "InvalidParameterCombination";
    const words =
      "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.";
    const fault = { kind: "refuse", code, message: words } as const;
    const end = stage.aws.faults.add({ fault, action: "ModifyDBInstance" });
    shop.apply(database({ storageGiB: 80 }));
    const message = await shop.reason("Busy");
    expect(message).toBe(`database/instance: rds:ModifyDBInstance ${code}: ${words}`);
    await stage.clock.sleep(600_000);
    expect(shop.condition("Stalled")).toBeUndefined();
    end();
    await shop.ready();
    expect(await instance()).toMatchObject({ AllocatedStorage: 80 });
  });

  it("in a container on EFS keeps one task at a time, and leaves nothing", async () => {
    stage.store.putSecret("agents", "postgres", { password: "correct-horse" });
    const container = { deployment: "Container", passwordSecretRef: { name: "postgres" } };
    await ready(database(container));
    const since = stage.clock.now();
    shop.apply(database({ ...container, version: "16" }));
    await shop.ready();
    expect(stage.writesSince(since)).toContain("RegisterTaskDefinition");
    expect(JSON.stringify([shop.object, stage.store.events])).not.toContain("correct-horse");
    expect(await deleted()).toEqual([]);
  });
});

describe("a bucket of artifacts", () => {
  const artifacts: Written = { data: { artifacts: {} } };
  async function fill(count: number): Promise<void> {
    const { s3 } = stage.client();
    const Bucket = shop.id("artifacts/bucket");
    const put = (place: number) =>
      s3.send(new PutObjectCommand({ Bucket, Key: `artifacts/${place % 700}`, Body: "x" }));
    for (let place = 0; place < count; place += 1) await put(place);
  }

  it("is emptied of all versions and goes under Delete", async () => {
    await ready(artifacts);
    await fill(1_500);
    expect(await deleted()).toEqual([]);
  });

  it("stays with what is in it under Retain", async () => {
    await ready({ ...artifacts, deletionPolicy: "Retain" });
    await fill(3);
    const kept = await deleted();
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatch(/^bucket shop-dev-artifacts/);
    shop.apply({ ...artifacts, deletionPolicy: "Delete" });
    await shop.ready();
    expect(await deleted()).toEqual([]);
  });
});
