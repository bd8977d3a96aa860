import type {
  DBInstance,
  DescribeDBEngineVersionsMessage,
  DescribeDBInstancesMessage,
  DescribeEventsMessage,
  DescribeOrderableDBInstanceOptionsMessage,
} from "@aws-sdk/client-rds";
import type { Call } from "../../operation.ts";
import { toTags } from "../common/tags.ts";
import { zonesOf } from "../ec2/zones.ts";
import { hasPerformanceInsights, instanceClasses, isOrderable, postgresVersions, STORAGE } from "./catalog.ts";
import { markerPage } from "./pages.ts";
import type { InstanceRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { describe as describeGroup } from "./subnet-groups.ts";

/** API_DBInstance. */
export function describeInstance(call: Call, row: InstanceRow): DBInstance {
  const group = rows.subnetGroups(call).get(row.subnetGroup);
  return {
    DBInstanceIdentifier: row.id,
    DBInstanceArn: row.arn,
    DbiResourceId: row.resourceId,
    DBInstanceClass: row.instanceClass,
    DBInstanceStatus: row.status,
    DbInstancePort: 0,
    Engine: row.engine,
    EngineVersion: row.engineVersion,
    LicenseModel: "postgresql-license",
    MasterUsername: row.username,
    AllocatedStorage: row.storageGiB,
    StorageType: row.storageType,
    MultiAZ: row.multiAZ,
    AvailabilityZone: row.zone,
    BackupRetentionPeriod: row.backupRetentionDays,
    PreferredBackupWindow: row.backupWindow,
    PreferredMaintenanceWindow: row.maintenanceWindow,
    DBSecurityGroups: [],
    VpcSecurityGroups: row.groups.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
    DBParameterGroups: [{ DBParameterGroupName: row.parameterGroup, ParameterApplyStatus: row.parameterStatus }],
    OptionGroupMemberships: [
      { OptionGroupName: `default:postgres-${row.engineVersion.split(".")[0]}`, Status: "in-sync" },
    ],
    PendingModifiedValues: { ...row.pending },
    AutoMinorVersionUpgrade: row.autoMinorUpgrade,
    CopyTagsToSnapshot: row.copyTagsToSnapshot,
    DeletionProtection: row.deletionProtection,
    PubliclyAccessible: row.publiclyAccessible,
    StorageEncrypted: row.encrypted,
    IAMDatabaseAuthenticationEnabled: row.iamAuthentication,
    PerformanceInsightsEnabled: row.performanceInsights,
    MonitoringInterval: row.monitoringInterval,
    CACertificateIdentifier: "rds-ca-rsa2048-g1",
    NetworkType: "IPV4",
    BackupTarget: "region",
    DedicatedLogVolume: false,
    CustomerOwnedIpEnabled: false,
    ReadReplicaDBInstanceIdentifiers: [],
    DomainMemberships: [],
    AssociatedRoles: [],
    TagList: toTags(row.tags),
    ...(group && { DBSubnetGroup: describeGroup(call, group) }),
    ...(row.secondaryZone !== undefined && { SecondaryAvailabilityZone: row.secondaryZone }),
    ...(row.databaseName !== undefined && { DBName: row.databaseName }),
    ...(row.maxStorageGiB !== undefined && { MaxAllocatedStorage: row.maxStorageGiB }),
    ...(row.iops !== undefined && { Iops: row.iops }),
    ...(row.throughput !== undefined && { StorageThroughput: row.throughput }),
    ...(row.kmsKeyId !== undefined && { KmsKeyId: row.kmsKeyId }),
    ...(row.created !== undefined && {
      InstanceCreateTime: new Date(row.created),
      LatestRestorableTime: row.backupRetentionDays > 0 ? new Date(call.world.clock.now()) : undefined,
    }),
    ...(row.performanceInsightsDays !== undefined && {
      PerformanceInsightsRetentionPeriod: row.performanceInsightsDays,
    }),
    ...(row.monitoringRoleArn !== undefined && { MonitoringRoleArn: row.monitoringRoleArn }),
    ...(row.logExports.length > 0 && { EnabledCloudwatchLogsExports: [...row.logExports] }),
    ...(row.address !== undefined && {
      Endpoint: { Address: row.address, Port: row.port, HostedZoneId: "Z2R2ITUGPM61AM" },
    }),
    ...(row.secretArn !== undefined && {
      MasterUserSecret: {
        SecretArn: row.secretArn,
        SecretStatus: row.secretStatus,
        KmsKeyId: `arn:aws:kms:${call.region}:${call.account}:key/aws/secretsmanager`,
      },
    }),
  };
}

/** API_DescribeDBInstances: one by identifier, or all that pass the filters in pages of 100. */
export function describeDBInstances(call: Call, input: DescribeDBInstancesMessage): object {
  const name = input.DBInstanceIdentifier;
  if (name !== undefined) {
    const id = rows.lower(name.startsWith("arn:") ? name.split(":").at(-1) : name);
    const row = rows.dbInstances(call).shown(id);
    if (!row) throw rows.instanceNotFound(id);
    return { DBInstances: [describeInstance(call, row)] };
  }
  const matching = rows
    .dbInstances(call)
    .shownAll()
    .filter((row) => (input.Filters ?? []).every((filter) => passes(row, filter.Name, filter.Values ?? [])));
  const { items, Marker } = markerPage(matching, (row) => row.id, input);
  return { DBInstances: items.map((row) => describeInstance(call, row)), Marker };
}

function passes(row: InstanceRow, name: string | undefined, values: readonly string[]): boolean {
  switch (name) {
    case "db-instance-id":
      return values.some((value) => value.toLowerCase() === row.id || value === row.arn);
    case "dbi-resource-id":
      return values.includes(row.resourceId);
    case "engine":
      return values.includes(row.engine);
    case "db-cluster-id":
    case "domain":
      return false;
    default:
      throw rows.badValue(`Unrecognized filter name: ${name}`);
  }
}

/** API_DescribeDBEngineVersions. */
export function describeDBEngineVersions(call: Call, input: DescribeDBEngineVersionsMessage): object {
  void call;
  const matching = postgresVersions.filter(
    ({ version, major, family }) =>
      (input.Engine ?? "postgres") === "postgres" &&
      (input.EngineVersion === undefined || input.EngineVersion === version || input.EngineVersion === major) &&
      (input.DBParameterGroupFamily === undefined || input.DBParameterGroupFamily === family),
  );
  const chosen = input.DefaultOnly ? matching.slice(-1) : matching;
  const { items, Marker } = markerPage(chosen, ({ version }) => version, input);
  return {
    DBEngineVersions: items.map(({ version, major, family }) => ({
      Engine: "postgres",
      MajorEngineVersion: major,
      EngineVersion: version,
      DBParameterGroupFamily: family,
      DBEngineDescription: "PostgreSQL",
      DBEngineVersionDescription: `PostgreSQL ${version}-R1`,
      Status: "available",
      SupportsReadReplica: true,
      ExportableLogTypes: ["postgresql", "upgrade", "iam-db-auth-error"],
      ValidUpgradeTarget: postgresVersions
        .filter((other) => isNewer(other.version, version))
        .map((other) => ({
          Engine: "postgres",
          EngineVersion: other.version,
          IsMajorVersionUpgrade: other.major !== major,
          AutoUpgrade: false,
        })),
    })),
    Marker,
  };
}

export function isNewer(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA > majorB || (majorA === majorB && minorA > minorB);
}

/** API_DescribeOrderableDBInstanceOptions. */
export function describeOrderableDBInstanceOptions(
  call: Call,
  input: DescribeOrderableDBInstanceOptionsMessage,
): object {
  if (input.Engine !== "postgres") return { OrderableDBInstanceOptions: [] };
  const zones = zonesOf(call.region).map((Name) => ({ Name }));
  const all = postgresVersions
    .filter(({ version, major }) => input.EngineVersion === undefined || [version, major].includes(input.EngineVersion))
    .flatMap((version) =>
      instanceClasses
        .filter((name) => input.DBInstanceClass === undefined || input.DBInstanceClass === name)
        .filter((name) => isOrderable(name, version))
        .flatMap((name) => Object.keys(STORAGE).map((storage) => ({ version, name, storage }))),
    );
  const key = ({ version, name, storage }: (typeof all)[number]) => `${version.version} ${name} ${storage}`;
  const { items, Marker } = markerPage(all, key, input);
  return {
    OrderableDBInstanceOptions: items.map(({ version, name, storage }) => ({
      Engine: "postgres",
      EngineVersion: version.version,
      DBInstanceClass: name,
      LicenseModel: "postgresql-license",
      AvailabilityZones: zones,
      MultiAZCapable: true,
      ReadReplicaCapable: true,
      Vpc: true,
      SupportsStorageEncryption: true,
      StorageType: storage,
      SupportsIops: storage.startsWith("io") || storage === "gp3",
      SupportsPerformanceInsights: hasPerformanceInsights(name),
      SupportsStorageAutoscaling: storage !== "standard",
      SupportsIAMDatabaseAuthentication: true,
      MinStorageSize: STORAGE[storage]?.min,
      MaxStorageSize: STORAGE[storage]?.max,
    })),
    Marker,
  };
}

/** API_DescribeEvents: the last hour unless said, the last 14 days at most. */
export function describeEvents(call: Call, input: DescribeEventsMessage): object {
  const now = call.world.clock.now();
  if (input.SourceIdentifier !== undefined && input.SourceType === undefined) {
    throw rows.badCombination("Cannot specify SourceIdentifier without SourceType");
  }
  const from = input.StartTime?.getTime() ?? now - (input.Duration ?? 60) * 60_000;
  const to = input.EndTime?.getTime() ?? now;
  const matching = rows
    .events(call)
    .shownAll()
    .filter(
      (event) =>
        event.at >= Math.max(from, now - 14 * 86_400_000) &&
        event.at <= to &&
        (input.SourceType === undefined || event.sourceType === input.SourceType) &&
        (input.SourceIdentifier === undefined || event.sourceId === rows.lower(input.SourceIdentifier)) &&
        (!input.EventCategories?.length || input.EventCategories.some((one) => event.categories.includes(one))),
    );
  const { items, Marker } = markerPage(matching, (event) => event.key, input);
  return {
    Events: items.map((event) => ({
      SourceIdentifier: event.sourceId,
      SourceType: event.sourceType,
      SourceArn: event.sourceArn,
      Message: event.message,
      EventCategories: [...event.categories],
      Date: new Date(event.at),
    })),
    Marker,
  };
}
