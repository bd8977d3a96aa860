import type { CreateDBInstanceCommandInput } from "@aws-sdk/client-rds";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let clients: PlatformClients;
let net: Network;

beforeEach(async () => {
  world = simulate();
  clients = platformClients(world);
  net = await network(world);
  await clients.rds.createDBSubnetGroup({
    DBSubnetGroupName: "Data",
    DBSubnetGroupDescription: "data",
    SubnetIds: net.subnetIds,
  });
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const create = (more: Partial<CreateDBInstanceCommandInput> = {}) =>
  clients.rds.createDBInstance({
    DBInstanceIdentifier: "Main",
    Engine: "postgres",
    EngineVersion: "15",
    DBInstanceClass: "db.t4g.micro",
    StorageType: "gp3",
    AllocatedStorage: 20,
    MasterUsername: "owner",
    ManageMasterUserPassword: true,
    DBSubnetGroupName: "data",
    VpcSecurityGroupIds: [net.groupId],
    ...more,
  });
const look = async () =>
  must((await clients.rds.describeDBInstances({ DBInstanceIdentifier: "main" })).DBInstances?.[0]);
const modify = (more: object) =>
  clients.rds.modifyDBInstance({ DBInstanceIdentifier: "main", ApplyImmediately: true, ...more });
const statuses = async (seconds: number): Promise<string[]> => {
  const seen: string[] = [];
  for (let passed = 0; passed < seconds; passed += 10) {
    const status = (await look()).DBInstanceStatus ?? "";
    if (seen.at(-1) !== status) seen.push(status);
    await world.pass(10);
  }
  return seen;
};

describe("a database", () => {
  it("takes minutes to come, has no endpoint until then, and is backed up first", async () => {
    const { DBInstance } = await create();
    expect(DBInstance).toMatchObject({ DBInstanceIdentifier: "main", DBInstanceStatus: "creating" });
    expect(DBInstance?.Endpoint).toBeUndefined();
    expect(DBInstance?.EngineVersion).toMatch(/^15\.\d+$/);
    expect(await statuses(420)).toEqual(["creating", "backing-up", "available"]);
    expect((await look()).Endpoint).toMatchObject({
      Address: expect.stringMatching(/^main\..*\.rds\.amazonaws\.com$/),
    });
  });

  it("keeps its password in a secret of RDS, which goes with it", async () => {
    await create();
    await world.pass(420);
    const { MasterUserSecret } = await look();
    const SecretId = must(MasterUserSecret?.SecretArn);
    expect(MasterUserSecret?.SecretStatus).toBe("active");
    const { SecretString = "", Name } = await clients.secrets.getSecretValue({ SecretId });
    expect(Name).toMatch(/^rds!db-/);
    expect(JSON.parse(SecretString)).toMatchObject({ username: "owner" });
    expect((await clients.secrets.describeSecret({ SecretId })).OwningService).toBe("rds");
    expect(await code(clients.secrets.deleteSecret({ SecretId }))).toBe("InvalidRequestException");
    await clients.rds.deleteDBInstance({ DBInstanceIdentifier: "main", SkipFinalSnapshot: true });
    await world.pass(240);
    expect(await code(clients.secrets.describeSecret({ SecretId }))).toBe("ResourceNotFoundException");
  });

  it("holds its subnets and its group until it is gone", async () => {
    await create();
    await world.pass(420);
    await clients.rds.deleteDBInstance({ DBInstanceIdentifier: "main", SkipFinalSnapshot: true });
    const blocked = async () => [
      await code(clients.rds.deleteDBSubnetGroup({ DBSubnetGroupName: "data" })),
      await code(world.ec2.deleteSecurityGroup({ GroupId: net.groupId })),
    ];
    expect(await blocked()).toEqual(["InvalidDBSubnetGroupStateFault", "DependencyViolation"]);
    await world.pass(240);
    expect(await code(look())).toBe("DBInstanceNotFoundFault");
    await clients.rds.deleteDBSubnetGroup({ DBSubnetGroupName: "data" });
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
  });

  it("is modified after a moment in which it still looks available, and refuses other changes meanwhile", async () => {
    await create();
    expect(await code(modify({ MultiAZ: true }))).toBe("InvalidDBInstanceStateFault");
    await world.pass(420);
    const { DBInstance } = await modify({ DBInstanceClass: "db.t4g.medium" });
    expect(DBInstance).toMatchObject({
      DBInstanceStatus: "available",
      PendingModifiedValues: { DBInstanceClass: "db.t4g.medium" },
    });
    expect(await statuses(600)).toEqual(["available", "modifying", "available"]);
    expect(await look()).toMatchObject({ DBInstanceClass: "db.t4g.medium", PendingModifiedValues: {} });
  });

  it("applies what was not said to be immediate in its maintenance window", async () => {
    await create({ PreferredMaintenanceWindow: "sun:05:00-sun:06:00" });
    await world.pass(420);
    await modify({ ApplyImmediately: false, MultiAZ: true });
    await world.pass(3600);
    expect(await look()).toMatchObject({ MultiAZ: false, PendingModifiedValues: { MultiAZ: true } });
    await world.pass(7 * 86_400);
    expect(await look()).toMatchObject({ MultiAZ: true, SecondaryAvailabilityZone: expect.any(String) });
  });

  it("has storage that only grows, by a tenth at least, and then rests for six hours", async () => {
    await create();
    await world.pass(420);
    expect(await code(modify({ AllocatedStorage: 10 }))).toBe("InvalidParameterCombination");
    await modify({ AllocatedStorage: 21 });
    await world.pass(300);
    expect(await look()).toMatchObject({ AllocatedStorage: 22, DBInstanceStatus: "storage-optimization" });
    expect(await words(modify({ AllocatedStorage: 40 }))).toMatch(/previous storage change is being optimized/);
    await modify({ DeletionProtection: true });
    await world.pass(6 * 3600);
    await modify({ AllocatedStorage: 40 });
  });

  it("is deleted only without protection, and with a final snapshot unless that is skipped", async () => {
    await create({ DeletionProtection: true });
    await world.pass(420);
    const remove = (more: object) => clients.rds.deleteDBInstance({ DBInstanceIdentifier: "main", ...more });
    expect(await words(remove({ SkipFinalSnapshot: true }))).toMatch(/^Cannot delete protected DB Instance/);
    await modify({ DeletionProtection: false });
    expect(await words(remove({}))).toMatch(/^FinalDBSnapshotIdentifier is required/);
    await remove({ FinalDBSnapshotIdentifier: "last" });
    expect(await code(remove({ SkipFinalSnapshot: true }))).toBe("InvalidDBInstanceStateFault");
    const snapshot = async () =>
      (await clients.rds.describeDBSnapshots({ DBSnapshotIdentifier: "last" })).DBSnapshots?.[0]?.Status;
    expect(await snapshot()).toBe("creating");
    await world.pass(420);
    expect(await snapshot()).toBe("available");
    expect(await code(look())).toBe("DBInstanceNotFoundFault");
    await create();
    await world.pass(420);
    expect(await code(remove({ FinalDBSnapshotIdentifier: "last" }))).toBe("DBSnapshotAlreadyExistsFault");
  });

  it("upgrades to newer versions only, to a new major one only when that is allowed", async () => {
    await create();
    await world.pass(420);
    expect(await code(modify({ EngineVersion: "14" }))).toBe("InvalidParameterCombination");
    expect(await words(modify({ EngineVersion: "16" }))).toMatch(/^The AllowMajorVersionUpgrade flag must be present/);
    await modify({ EngineVersion: "16", AllowMajorVersionUpgrade: true });
    await world.pass(900);
    expect((await look()).EngineVersion).toMatch(/^16\./);
  });

  it("is refused with what RDS does not have or pair", async () => {
    const refused: [Partial<CreateDBInstanceCommandInput>, string][] = [
      [{ EngineVersion: "9" }, "InvalidParameterCombination"],
      [{ DBInstanceClass: "db.x9.huge" }, "InvalidParameterValue"],
      [{ DBInstanceClass: "db.m8g.large", EngineVersion: "14" }, "InvalidParameterCombination"],
      [{ AllocatedStorage: 5 }, "InvalidParameterCombination"],
      [{ MaxAllocatedStorage: 20 }, "InvalidParameterCombination"],
      [{ Iops: 4000 }, "InvalidParameterCombination"],
      [{ MasterUsername: "admin" }, "InvalidParameterValue"],
      [{ MasterUserPassword: "12345678" }, "InvalidParameterCombination"],
      [{ DBSubnetGroupName: "none" }, "DBSubnetGroupNotFoundFault"],
      [{ VpcSecurityGroupIds: ["sg-00000000000000000"] }, "InvalidParameterValue"],
      [{ DBParameterGroupName: "none" }, "DBParameterGroupNotFoundFault"],
      [{ DBInstanceIdentifier: "a--b" }, "InvalidParameterValue"],
    ];
    for (const [more, name] of refused) expect([more, await code(create(more))]).toEqual([more, name]);
    await create();
    expect(await code(create())).toBe("DBInstanceAlreadyExistsFault");
    world.aws.setQuota("rds.instances", 1);
    expect(await code(create({ DBInstanceIdentifier: "other" }))).toBe("InstanceQuotaExceededFault");
  });
});

it("wants a subnet group to cover two zones of one VPC", async () => {
  const group = (SubnetIds: string[]) =>
    clients.rds.createDBSubnetGroup({ DBSubnetGroupName: "one", DBSubnetGroupDescription: "one", SubnetIds });
  expect(await code(group([net.subnetIds[0]]))).toBe("DBSubnetGroupDoesNotCoverEnoughAZs");
  expect(await code(group(["subnet-00000000000000000"]))).toBe("InvalidSubnet");
});

it("keeps parameter groups: only known parameters, static ones by reboot, and none that is in use is deleted", async () => {
  const DBParameterGroupName = "tuned";
  const group = { DBParameterGroupName, DBParameterGroupFamily: "postgres15", Description: "tuned" };
  await clients.rds.createDBParameterGroup(group);
  expect(await code(clients.rds.createDBParameterGroup(group))).toBe("DBParameterGroupAlreadyExistsFault");
  const set = (ParameterName: string, ApplyMethod: "immediate" | "pending-reboot") =>
    clients.rds.modifyDBParameterGroup({
      DBParameterGroupName,
      Parameters: [{ ParameterName, ParameterValue: "1", ApplyMethod }],
    });
  expect(await words(set("nothing", "immediate"))).toBe("Could not find parameter with name: nothing");
  expect(await words(set("max_connections", "immediate"))).toBe(
    "cannot use immediate apply method for static parameter",
  );
  await create({ DBParameterGroupName });
  await world.pass(420);
  await set("rds.force_ssl", "immediate");
  await set("max_connections", "pending-reboot");
  const { Parameters } = await clients.rds.describeDBParameters({ DBParameterGroupName, Source: "user" });
  expect(Parameters?.map((one) => one.ParameterName)).toEqual(["max_connections", "rds.force_ssl"]);
  expect((await look()).DBParameterGroups?.[0]?.ParameterApplyStatus).toBe("pending-reboot");
  await clients.rds.rebootDBInstance({ DBInstanceIdentifier: "main" });
  await world.pass(60);
  expect((await look()).DBParameterGroups?.[0]?.ParameterApplyStatus).toBe("in-sync");
  expect(await code(clients.rds.deleteDBParameterGroup({ DBParameterGroupName }))).toBe(
    "InvalidDBParameterGroupStateFault",
  );
});

it("tells what happened to a database, what can be ordered, and which versions there are", async () => {
  await create();
  await world.pass(420);
  const { Events } = await clients.rds.describeEvents({ SourceIdentifier: "main", SourceType: "db-instance" });
  expect(Events?.map(({ Message }) => Message)).toContain("DB instance created");
  const orderable = await clients.rds.describeOrderableDBInstanceOptions({
    Engine: "postgres",
    EngineVersion: "15.12",
    DBInstanceClass: "db.t4g.micro",
  });
  expect(orderable.OrderableDBInstanceOptions?.map(({ StorageType }) => StorageType)).toContain("gp3");
  const { DBEngineVersions } = await clients.rds.describeDBEngineVersions({ Engine: "postgres", EngineVersion: "15" });
  expect(DBEngineVersions?.length).toBeGreaterThan(1);
});

it("adds, lists and removes tags by ARN", async () => {
  const { DBInstance } = await create({ Tags: [{ Key: "a", Value: "1" }] });
  const ResourceName = must(DBInstance?.DBInstanceArn);
  await clients.rds.addTagsToResource({ ResourceName, Tags: [{ Key: "b", Value: "2" }] });
  await clients.rds.removeTagsFromResource({ ResourceName, TagKeys: ["a"] });
  expect((await clients.rds.listTagsForResource({ ResourceName })).TagList).toEqual([{ Key: "b", Value: "2" }]);
});
