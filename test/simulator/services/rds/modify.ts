import type { ModifyDBInstanceMessage, PendingModifiedValues } from "@aws-sdk/client-rds";
import type { Call } from "../../operation.ts";
import { networkInterfaces } from "../ec2/rows.ts";
import { schedule } from "./carry-out.ts";
import { hasPerformanceInsights, isInstanceClass, isOrderable, resolveVersion } from "./catalog.ts";
import { checkGroups, checkParameterGroup, notOrderable } from "./create.ts";
import { describeInstance, isNewer } from "./describe.ts";
import type { InstanceRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { dropSecret, manageSecret } from "./secret.ts";
import { checkStorage } from "./storage.ts";

/** RDS User Guide, "Modifying storage": six hours after a change, or until it is optimized, whichever is longer. */
const STORAGE_PAUSE_MS = 6 * 3_600_000;

const MODIFIABLE = new Set(["available", "storage-optimization", "storage-full"]);

/**
 * API_ModifyDBInstance. Settings that need no change of the machine are there at once. The others stand in
 * PendingModifiedValues and are carried out a moment later, or, without ApplyImmediately, in the maintenance window;
 * until the status says modifying, the instance still looks available.
 */
export function modifyDBInstance(call: Call, input: ModifyDBInstanceMessage): object {
  const row = rows.existingInstance(call, input.DBInstanceIdentifier);
  if (!MODIFIABLE.has(row.status)) throw rows.badState("Database instance is not in available state.");
  if (input.NewDBInstanceIdentifier !== undefined) {
    throw rows.badValue("Renaming a DB instance is not simulated: NewDBInstanceIdentifier.");
  }
  const pending = { ...row.pending, ...pendingOf(call, row, input) };
  const groups = input.VpcSecurityGroupIds && checkGroups(call, row, input.VpcSecurityGroupIds);
  const major = pending.EngineVersion ?? row.engineVersion;
  const parameters =
    input.DBParameterGroupName === undefined
      ? undefined
      : checkParameterGroup(call, input.DBParameterGroupName, `postgres${major.split(".")[0]}`);
  checkMaxStorage(row, pending, input);
  if (input.EnablePerformanceInsights && !hasPerformanceInsights(pending.DBInstanceClass ?? row.instanceClass)) {
    throw rows.badCombination("Performance Insights not supported for this configuration.");
  }
  if (groups) moveInterfaces(call, row, groups);
  rows.dbInstances(call).change(row.id, (db) => {
    db.pending = pending;
    if (groups) db.groups = groups;
    applyAtOnce(db, input);
    if (parameters !== undefined && parameters !== db.parameterGroup) {
      db.parameterGroup = parameters;
      db.parameterStatus = "pending-reboot";
    }
  });
  if (input.ManageMasterUserPassword && row.secretArn === undefined) {
    manageSecret(call, row.id, input.MasterUserSecretKmsKeyId);
  }
  if (input.ManageMasterUserPassword === false) dropSecret(call, row.id);
  if (Object.keys(pending).length > 0) schedule(call, row, input.ApplyImmediately ?? false);
  return { DBInstance: describeInstance(call, rows.existingInstance(call, row.id)) };
}

/** What waits: RDS User Guide, "Available settings" of "Modifying an Amazon RDS DB instance". */
function pendingOf(call: Call, row: InstanceRow, input: ModifyDBInstanceMessage): PendingModifiedValues {
  const pending: PendingModifiedValues = {};
  const differs = <T>(value: T | undefined, held: T): value is T => value !== undefined && value !== held;
  if (differs(input.EngineVersion, row.engineVersion)) {
    const version = checkUpgrade(row, input);
    if (version !== row.engineVersion) pending.EngineVersion = version;
  }
  if (differs(input.DBInstanceClass, row.instanceClass)) {
    const version = resolveVersion(pending.EngineVersion ?? row.engineVersion);
    if (!isInstanceClass(input.DBInstanceClass)) {
      throw rows.badValue(`Invalid DB Instance class: ${input.DBInstanceClass}`);
    }
    if (!version || !isOrderable(input.DBInstanceClass, version)) {
      throw notOrderable(input.DBInstanceClass, row.engineVersion);
    }
    pending.DBInstanceClass = input.DBInstanceClass;
  }
  Object.assign(pending, storageChange(call, row, input));
  if (differs(input.MultiAZ, row.multiAZ)) pending.MultiAZ = input.MultiAZ;
  if (differs(input.DBPortNumber, row.port)) pending.Port = input.DBPortNumber;
  const retention = input.BackupRetentionPeriod;
  if (differs(retention, row.backupRetentionDays)) {
    if (retention < 0 || retention > 35) {
      throw rows.badValue(`Invalid backup retention period: ${retention}. Must be between 0 and 35`);
    }
    // From zero or to zero means an outage; any other change is carried out at once (API_ModifyDBInstance).
    if (retention === 0 || row.backupRetentionDays === 0) pending.BackupRetentionPeriod = retention;
  }
  if (input.MasterUserPassword !== undefined) {
    if (row.secretArn !== undefined && input.ManageMasterUserPassword !== false) {
      throw rows.badCombination(
        "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.",
      );
    }
    pending.MasterUserPassword = "****";
  }
  return pending;
}

function checkUpgrade(row: InstanceRow, input: ModifyDBInstanceMessage): string {
  const [major] = row.engineVersion.split(".");
  if (input.EngineVersion === major) return row.engineVersion;
  const version = resolveVersion(input.EngineVersion);
  if (!version) throw rows.badCombination(`Cannot find version ${input.EngineVersion} for postgres`);
  if (!isNewer(version.version, row.engineVersion)) {
    throw rows.badCombination(`Cannot upgrade postgres from ${row.engineVersion} to ${version.version}`);
  }
  if (version.major !== major && !input.AllowMajorVersionUpgrade) {
    throw rows.badCombination(
      "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
    );
  }
  return version.version;
}

/** Storage only grows, by a tenth at least (rounded up to that), and rests for six hours after it did. */
function storageChange(call: Call, row: InstanceRow, input: ModifyDBInstanceMessage): PendingModifiedValues {
  const pending: PendingModifiedValues = {};
  const size = input.AllocatedStorage;
  if (size !== undefined && size < row.storageGiB) {
    throw rows.badCombination(
      `Invalid storage size for engine name ${row.engine} and storage type ${row.storageType}: ${size}`,
    );
  }
  if (size !== undefined && size > row.storageGiB)
    pending.AllocatedStorage = Math.max(size, Math.ceil(row.storageGiB * 1.1));
  if (input.StorageType !== undefined && input.StorageType !== row.storageType) pending.StorageType = input.StorageType;
  if (input.Iops !== undefined && input.Iops !== row.iops) pending.Iops = input.Iops;
  if (input.StorageThroughput !== undefined && input.StorageThroughput !== row.throughput) {
    pending.StorageThroughput = input.StorageThroughput;
  }
  if (Object.keys(pending).length === 0) return pending;
  const rests = row.storageChanged !== undefined && call.world.clock.now() < row.storageChanged + STORAGE_PAUSE_MS;
  if (rests || row.status === "storage-optimization") {
    throw rows.badCombination(
      "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
    );
  }
  checkStorage({
    engine: row.engine,
    type: pending.StorageType ?? row.storageType,
    sizeGiB: pending.AllocatedStorage ?? row.storageGiB,
    maxGiB: undefined,
    iops: input.Iops,
    throughput: input.StorageThroughput,
  });
  return pending;
}

function checkMaxStorage(row: InstanceRow, pending: PendingModifiedValues, input: ModifyDBInstanceMessage): void {
  const max = input.MaxAllocatedStorage;
  const size = pending.AllocatedStorage ?? row.storageGiB;
  // Setting it to the allocated size turns autoscaling off (API_ModifyDBInstance, MaxAllocatedStorage).
  if (max !== undefined && max < size) throw rows.badCombination("Max storage size must be greater than storage size");
}

function applyAtOnce(db: InstanceRow, input: ModifyDBInstanceMessage): void {
  db.deletionProtection = input.DeletionProtection ?? db.deletionProtection;
  db.autoMinorUpgrade = input.AutoMinorVersionUpgrade ?? db.autoMinorUpgrade;
  db.copyTagsToSnapshot = input.CopyTagsToSnapshot ?? db.copyTagsToSnapshot;
  db.backupWindow = input.PreferredBackupWindow ?? db.backupWindow;
  db.maintenanceWindow = input.PreferredMaintenanceWindow?.toLowerCase() ?? db.maintenanceWindow;
  db.publiclyAccessible = input.PubliclyAccessible ?? db.publiclyAccessible;
  db.iamAuthentication = input.EnableIAMDatabaseAuthentication ?? db.iamAuthentication;
  db.monitoringInterval = input.MonitoringInterval ?? db.monitoringInterval;
  db.monitoringRoleArn = input.MonitoringRoleArn ?? db.monitoringRoleArn;
  if (input.EnablePerformanceInsights !== undefined) {
    db.performanceInsights = input.EnablePerformanceInsights;
    db.performanceInsightsDays = input.EnablePerformanceInsights
      ? (input.PerformanceInsightsRetentionPeriod ?? db.performanceInsightsDays ?? 7)
      : undefined;
  }
  const max = input.MaxAllocatedStorage;
  if (max !== undefined) db.maxStorageGiB = max > db.storageGiB ? max : undefined;
  const retention = input.BackupRetentionPeriod;
  if (retention !== undefined && retention > 0 && db.backupRetentionDays > 0) db.backupRetentionDays = retention;
  const { EnableLogTypes = [], DisableLogTypes = [] } = input.CloudwatchLogsExportConfiguration ?? {};
  db.logExports = [...new Set([...db.logExports, ...EnableLogTypes])].filter((type) => !DisableLogTypes.includes(type));
}

function moveInterfaces(call: Call, row: InstanceRow, groups: readonly string[]): void {
  const named = groups.map((id) => ({ GroupId: id }));
  for (const id of row.interfaces) {
    if (!networkInterfaces(call).get(id)) continue;
    networkInterfaces(call).change(id, (eni) => {
      eni.Groups = named;
    });
  }
}
