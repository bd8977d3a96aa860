import type { CreateDBInstanceMessage } from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import { text } from "../common/random.ts";
import { fromTags } from "../common/tags.ts";
import { groupOf, subnetOf } from "../ec2/lookup.ts";
import { attachInterface } from "../ec2/network-interface.ts";
import { hasPerformanceInsights, isInstanceClass, isOrderable, resolveVersion } from "./catalog.ts";
import { describeInstance } from "./describe.ts";
import { parameterGroup, parameterGroupNotFound } from "./parameter-groups.ts";
import type { InstanceRow, SubnetGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { manageSecret } from "./secret.ts";
import { baseline, checkStorage } from "./storage.ts";
import { subnetGroupNotFound } from "./subnet-groups.ts";

/** RDS User Guide, PostgreSQL: names that cannot be the master user's. */
const RESERVED_USERS = new Set(["admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "user", "public"]);

/** API_CreateDBInstance. It is creating, then backing-up when backups are on, then available; its endpoint comes late. */
export function createDBInstance(call: Call, input: CreateDBInstanceMessage): object {
  const id = rows.lower(input.DBInstanceIdentifier);
  rows.checkIdentifier("DBInstanceIdentifier", id);
  if (rows.dbInstances(call).get(id)) throw new AwsError("DBInstanceAlreadyExistsFault", "DB instance already exists");
  checkQuotas(call, input.AllocatedStorage ?? 0);
  const { engine, version, instanceClass } = checkEngine(input);
  const storageType = input.StorageType ?? (input.Iops === undefined ? "gp2" : "io1");
  const sizeGiB = input.AllocatedStorage ?? 0;
  checkStorage({
    engine,
    type: storageType,
    sizeGiB,
    maxGiB: input.MaxAllocatedStorage,
    iops: input.Iops,
    throughput: input.StorageThroughput,
  });
  checkMaster(input);
  const retention = input.BackupRetentionPeriod ?? 1;
  if (retention < 0 || retention > 35) {
    throw rows.badValue(`Invalid backup retention period: ${retention}. Must be between 0 and 35`);
  }
  if (input.EnablePerformanceInsights && !hasPerformanceInsights(instanceClass)) {
    throw rows.badCombination("Performance Insights not supported for this configuration.");
  }
  const group = rows.subnetGroups(call).get(rows.lower(input.DBSubnetGroupName));
  if (!group) throw subnetGroupNotFound(input.DBSubnetGroupName ?? "default");
  const groups = checkGroups(call, group, input.VpcSecurityGroupIds ?? []);
  const parameters = checkParameterGroup(call, input.DBParameterGroupName, version.family);
  const placed = place(call, group, groups, input);
  const defaults = baseline(storageType, sizeGiB);
  const row = rows.dbInstances(call).put(id, {
    id,
    arn: rows.rdsArn(call, "db", id),
    resourceId: `db-${text(call.world, 26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
    engine,
    databaseName: input.DBName,
    username: input.MasterUsername ?? "",
    encrypted: input.StorageEncrypted ?? false,
    kmsKeyId: input.StorageEncrypted
      ? (input.KmsKeyId ?? `arn:aws:kms:${call.region}:${call.account}:key/00000000-0000-4000-8000-0000000000db`)
      : undefined,
    subnetGroup: group.name,
    vpcId: group.vpcId,
    status: "creating",
    created: undefined,
    address: undefined,
    engineVersion: version.version,
    instanceClass,
    storageGiB: sizeGiB,
    maxStorageGiB: input.MaxAllocatedStorage,
    storageType,
    iops: input.Iops ?? defaults.iops,
    throughput: input.StorageThroughput ?? defaults.throughput,
    multiAZ: input.MultiAZ ?? false,
    ...placed,
    groups,
    parameterGroup: parameters,
    parameterStatus: "in-sync",
    backupRetentionDays: retention,
    backupWindow: input.PreferredBackupWindow ?? "07:10-07:40",
    maintenanceWindow: (input.PreferredMaintenanceWindow ?? "sun:08:20-sun:08:50").toLowerCase(),
    deletionProtection: input.DeletionProtection ?? false,
    autoMinorUpgrade: input.AutoMinorVersionUpgrade ?? true,
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    publiclyAccessible: input.PubliclyAccessible ?? false,
    performanceInsights: input.EnablePerformanceInsights ?? false,
    performanceInsightsDays: input.EnablePerformanceInsights
      ? (input.PerformanceInsightsRetentionPeriod ?? 7)
      : undefined,
    iamAuthentication: input.EnableIAMDatabaseAuthentication ?? false,
    logExports: input.EnableCloudwatchLogsExports ?? [],
    monitoringInterval: input.MonitoringInterval ?? 0,
    monitoringRoleArn: input.MonitoringRoleArn,
    port: input.Port ?? 5432,
    secretArn: undefined,
    secretName: undefined,
    secretStatus: undefined,
    pending: input.MasterUserPassword === undefined ? {} : { MasterUserPassword: "****" },
    storageChanged: undefined,
    tags: fromTags(input.Tags),
  });
  if (input.ManageMasterUserPassword) manageSecret(call, id, input.MasterUserSecretKmsKeyId);
  start(call, row);
  return { DBInstance: describeInstance(call, row) };
}

function checkQuotas(call: Call, storageGiB: number): void {
  const all = rows.dbInstances(call).all();
  if (all.length >= call.world.quota("rds.instances")) {
    throw new AwsError(
      "InstanceQuotaExceededFault",
      "The request cannot be processed because it would exceed the maximum allowed number of DB instances.",
    );
  }
  const used = all.reduce((sum, row) => sum + row.storageGiB, 0);
  if (used + storageGiB > call.world.quota("rds.storageGiB")) {
    throw new AwsError(
      "StorageQuotaExceededFault",
      "The request cannot be processed because it would exceed the maximum allowed amount of storage for all DB instances.",
    );
  }
}

function checkEngine(input: CreateDBInstanceMessage) {
  const engine = input.Engine ?? "";
  if (engine !== "postgres") throw rows.badValue(`Invalid DB engine: ${engine}`);
  const version = resolveVersion(input.EngineVersion);
  if (!version) throw rows.badCombination(`Cannot find version ${input.EngineVersion} for postgres`);
  const instanceClass = input.DBInstanceClass ?? "";
  if (!isInstanceClass(instanceClass)) throw rows.badValue(`Invalid DB Instance class: ${instanceClass}`);
  if (!isOrderable(instanceClass, version)) throw notOrderable(instanceClass, version.version);
  return { engine, version, instanceClass };
}

export const notOrderable = (instanceClass: string, version: string) =>
  rows.badCombination(
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${instanceClass}, ` +
      `Engine=postgres, EngineVersion=${version}, LicenseModel=postgresql-license. For supported combinations of instance ` +
      "class and database engine version, see the documentation.",
  );

function checkMaster(input: CreateDBInstanceMessage): void {
  const { MasterUsername: user, MasterUserPassword: password, ManageMasterUserPassword: managed } = input;
  if (!user) throw rows.badValue("The parameter MasterUsername must be provided and must not be blank.");
  if (RESERVED_USERS.has(user.toLowerCase())) {
    throw rows.badValue(`MasterUsername ${user} cannot be used as it is a reserved word used by the engine`);
  }
  if (!/^[a-z][a-z0-9_]{0,62}$/i.test(user)) throw rows.badValue("The parameter MasterUsername is not valid.");
  if (managed && password !== undefined) {
    throw rows.badCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
  }
  if (!managed && !password) {
    throw rows.badValue("The parameter MasterUserPassword must be provided and must not be blank.");
  }
  if (password !== undefined && (password.length < 8 || password.length > 128)) {
    throw rows.badValue(
      "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.",
    );
  }
}

/** API_CreateDBInstance, VpcSecurityGroupIds: of the VPC of the subnet group. */
export function checkGroups(
  call: Call,
  { vpcId }: Pick<SubnetGroupRow, "vpcId">,
  ids: readonly string[],
): readonly string[] {
  for (const id of ids) {
    const group = groupOf(call, id);
    if (!group) throw rows.badValue(`Invalid security group , groupId= ${id}, groupName=.`);
    if (group.VpcId !== vpcId) {
      throw rows.badCombination(
        "The DB instance and EC2 security group are in different VPCs. " +
          `The DB instance is in ${vpcId} and the EC2 security group is in ${group.VpcId}`,
      );
    }
  }
  return [...ids];
}

export function checkParameterGroup(call: Call, given: string | undefined, family: string): string {
  const name = rows.lower(given ?? `default.${family}`);
  const group = parameterGroup(call, name);
  if (!group) throw parameterGroupNotFound(name);
  if (group.family !== family) {
    throw rows.badCombination(
      `The parameter group ${name} with DBParameterGroupFamily ${group.family} can't be used for this instance. ` +
        `Please use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  }
  return name;
}

/** One network interface in the instance's zone and one in the standby's: they keep subnets and security groups in use. */
function place(call: Call, group: SubnetGroupRow, groups: readonly string[], input: CreateDBInstanceMessage) {
  const wanted = input.AvailabilityZone;
  if (wanted !== undefined && input.MultiAZ) {
    throw rows.badCombination("Requesting a specific availability zone is not valid for Multi-AZ instances.");
  }
  const byZone = new Map(group.subnetIds.map((id) => [subnetOf(call, id)?.AvailabilityZone ?? "", id]));
  const zones = [...byZone.keys()].sort();
  const zone = wanted ?? zones[Math.floor(call.world.random() * zones.length)] ?? "";
  if (!byZone.has(zone)) {
    throw rows.badCombination(`The DB subnet group does not cover the Availability Zone ${zone}.`);
  }
  const secondaryZone = input.MultiAZ ? zones.find((other) => other !== zone) : undefined;
  const interfaces = [zone, secondaryZone].flatMap((one) =>
    one === undefined ? [] : [attach(call, byZone.get(one) ?? "", groups, input.PubliclyAccessible)],
  );
  return { zone, secondaryZone, interfaces };
}

export const attach = (call: Call, subnetId: string, groups: readonly string[], publicIp = false): string =>
  attachInterface(call, { subnetId, groups, description: "RDSNetworkInterface", requester: "amazon-rds", publicIp })
    .interfaceId;

/** RDS User Guide, "Viewing Amazon RDS DB instance status": creating, backing-up, available. */
function start(call: Call, { id, resourceId }: InstanceRow): void {
  const { world } = call;
  const step = (what: string, effect: (row: InstanceRow) => void) =>
    world.clock.after(world.duration(what), () => {
      const row = rows.dbInstances(call).get(id);
      if (row?.resourceId === resourceId && row.status !== "deleting") effect(row);
    });
  const become = (status: string) =>
    rows.dbInstances(call).change(id, (row) => {
      row.status = status;
    });
  const available = (row: InstanceRow) => {
    become("available");
    rows.tellInstance(call, row, "DB instance created", "creation");
  };
  step("rds.instance.create", (made) => {
    rows.dbInstances(call).change(id, (row) => {
      row.address = `${id}.c${text(world, 11, "abcdefghijklmnopqrstuvwxyz0123456789")}.${call.region}.rds.amazonaws.com`;
      row.created = world.clock.now();
      row.pending = {};
    });
    if (made.backupRetentionDays === 0) return available(made);
    become("backing-up");
    rows.tellInstance(call, made, "Backing up DB instance", "backup");
    step("rds.instance.firstBackup", (row) => {
      rows.tellInstance(call, row, "Finished DB Instance backup", "backup");
      available(row);
    });
  });
}
