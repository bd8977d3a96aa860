import type { DBSnapshot, PendingModifiedValues } from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { arn } from "../common/arn.ts";
import type { TagMap } from "../common/tags.ts";

export type Where = Pick<Call, "world" | "account" | "region">;

/** A DB instance; its id in the table is its lower-cased identifier. */
export interface InstanceRow {
  readonly id: string;
  readonly arn: string;
  /** DbiResourceId. */
  readonly resourceId: string;
  readonly engine: string;
  readonly databaseName: string | undefined;
  readonly username: string;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly subnetGroup: string;
  readonly vpcId: string;
  status: string;
  /** Undefined until it has been created. */
  created: number | undefined;
  address: string | undefined;
  engineVersion: string;
  instanceClass: string;
  storageGiB: number;
  maxStorageGiB: number | undefined;
  storageType: string;
  iops: number | undefined;
  throughput: number | undefined;
  multiAZ: boolean;
  zone: string;
  secondaryZone: string | undefined;
  groups: readonly string[];
  parameterGroup: string;
  parameterStatus: "in-sync" | "applying" | "pending-reboot";
  backupRetentionDays: number;
  backupWindow: string;
  maintenanceWindow: string;
  deletionProtection: boolean;
  autoMinorUpgrade: boolean;
  copyTagsToSnapshot: boolean;
  publiclyAccessible: boolean;
  performanceInsights: boolean;
  performanceInsightsDays: number | undefined;
  iamAuthentication: boolean;
  logExports: readonly string[];
  monitoringInterval: number;
  monitoringRoleArn: string | undefined;
  port: number;
  secretArn: string | undefined;
  secretName: string | undefined;
  secretStatus: "creating" | "active" | undefined;
  pending: PendingModifiedValues;
  /** End of the last change of storage, for the rule of six hours. */
  storageChanged: number | undefined;
  interfaces: readonly string[];
  tags: TagMap;
}

export interface SubnetGroupRow {
  readonly name: string;
  readonly arn: string;
  readonly vpcId: string;
  description: string;
  subnetIds: readonly string[];
  tags: TagMap;
}

export interface ParameterGroupRow {
  readonly name: string;
  readonly arn: string;
  readonly family: string;
  readonly description: string;
  values: Readonly<Record<string, { readonly value: string; readonly method: "immediate" | "pending-reboot" }>>;
  tags: TagMap;
}

export interface SnapshotRow {
  readonly id: string;
  readonly arn: string;
  readonly instanceId: string;
  readonly detail: DBSnapshot;
  readonly created: number;
  status: "creating" | "available";
  percent: number;
  tags: TagMap;
}

export interface EventRow {
  readonly key: string;
  readonly at: number;
  readonly sourceId: string;
  readonly sourceType: string;
  readonly sourceArn: string;
  readonly message: string;
  readonly categories: readonly string[];
}

export const dbInstances = (call: Where): Table<InstanceRow> => call.world.table(call, "rds.instances");
export const subnetGroups = (call: Where): Table<SubnetGroupRow> => call.world.table(call, "rds.subnetGroups");
export const parameterGroups = (call: Where): Table<ParameterGroupRow> => call.world.table(call, "rds.parameterGroups");
export const snapshots = (call: Where): Table<SnapshotRow> => call.world.table(call, "rds.snapshots");
/** What has happened, and so no resource: kept for 14 days (API_DescribeEvents). */
export const events = (call: Where): Table<EventRow> => call.world.table(call, "record.rds.events");

export const rdsArn = (call: Where, type: "db" | "subgrp" | "pg" | "snapshot", name: string): string =>
  arn(call, "rds", `${type}:${name}`);

/** Not modelled by RDS's API, and sent by all its actions (RDS API Reference, "Common Errors"). */
export const badCombination = (message: string) => new AwsError("InvalidParameterCombination", message);
export const badValue = (message: string) => new AwsError("InvalidParameterValue", message);
export const badState = (message: string) => new AwsError("InvalidDBInstanceStateFault", message);

/** Identifiers are kept in lower case. */
export const lower = (name: string | undefined): string => (name ?? "").toLowerCase();

export const instanceNotFound = (name: string | undefined) =>
  new AwsError("DBInstanceNotFoundFault", `DBInstance ${name} not found.`, 404);

export function existingInstance(call: Where, name: string | undefined): InstanceRow {
  const row = dbInstances(call).get(lower(name));
  if (!row) throw instanceNotFound(name);
  return row;
}

/** API_CreateDBInstance, DBInstanceIdentifier: constraints. */
export function checkIdentifier(parameter: string, value: string): void {
  if (/^[a-z](?!.*--)[a-z0-9-]{0,254}$/i.test(value) && !value.endsWith("-")) return;
  throw badValue(
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII ` +
      "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
  );
}

/** Tells what has happened to a source, for DescribeEvents. */
export function tell(
  call: Where,
  source: { id: string; arn: string; type: string },
  message: string,
  categories: readonly string[],
): void {
  const at = call.world.clock.now();
  const key = `${String(at).padStart(16, "0")} ${String(events(call).all().length).padStart(9, "0")}`;
  events(call).put(key, {
    key,
    at,
    sourceId: source.id,
    sourceType: source.type,
    sourceArn: source.arn,
    message,
    categories,
  });
}

export const tellInstance = (call: Where, row: InstanceRow, message: string, category: string): void =>
  tell(call, { id: row.id, arn: row.arn, type: "db-instance" }, message, [category]);
