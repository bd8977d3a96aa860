import type { Snapshot } from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { arn } from "../common/arn.ts";
import type { TagMap } from "../common/tags.ts";

export type Where = Pick<Call, "world" | "account" | "region">;

/** A node of a group: the first one is the primary. */
export interface MemberRow {
  /** "main-001" */
  readonly id: string;
  readonly zone: string;
  readonly interface: string;
  readonly created: number;
}

/** A replication group with cluster mode disabled; its id in the table is its lower-cased name. */
export interface GroupRow {
  readonly id: string;
  readonly arn: string;
  /** Tells it from another one of the same name. */
  readonly incarnation: string;
  readonly subnetGroup: string;
  readonly vpcId: string;
  readonly port: number;
  readonly atRestEncryption: boolean;
  readonly kmsKeyId: string | undefined;
  status: "creating" | "available" | "modifying" | "snapshotting" | "deleting" | "create-failed";
  /** Undefined until it has been created. */
  created: number | undefined;
  /** Middle of the host names, undefined until it has been created. */
  host: string | undefined;
  description: string;
  engine: string;
  /** With its patch. */
  version: string;
  nodeType: string;
  members: readonly MemberRow[];
  failover: "enabled" | "enabling" | "disabled" | "disabling";
  multiAZ: boolean;
  parameterGroup: string;
  groups: readonly string[];
  transit: "disabled" | "preferred" | "required";
  /** What the encryption in transit is about to become. */
  pendingTransit: GroupRow["transit"] | undefined;
  snapshotRetentionDays: number;
  snapshotWindow: string;
  maintenanceWindow: string;
  autoMinorUpgrade: boolean;
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
  values: Readonly<Record<string, string>>;
  tags: TagMap;
}

export interface SnapshotRow {
  readonly name: string;
  readonly arn: string;
  readonly groupId: string;
  readonly detail: Snapshot;
  readonly created: number;
  status: "creating" | "available";
  tags: TagMap;
}

export const groups = (call: Where): Table<GroupRow> => call.world.table(call, "elasticache.groups");
export const subnetGroups = (call: Where): Table<SubnetGroupRow> => call.world.table(call, "elasticache.subnetGroups");
export const parameterGroups = (call: Where): Table<ParameterGroupRow> =>
  call.world.table(call, "elasticache.parameterGroups");
export const snapshots = (call: Where): Table<SnapshotRow> => call.world.table(call, "elasticache.snapshots");

export type ArnType = "replicationgroup" | "cluster" | "subnetgroup" | "parametergroup" | "snapshot";

export const cacheArn = (call: Where, type: ArnType, name: string): string =>
  arn(call, "elasticache", `${type}:${name}`);

export const badValue = (message: string) => new AwsError("InvalidParameterValueException", message);
export const badCombination = (message: string) => new AwsError("InvalidParameterCombinationException", message);
export const badState = (message: string) => new AwsError("InvalidReplicationGroupStateFault", message);

/** Names are kept in lower case. */
export const lower = (name: string | undefined): string => (name ?? "").toLowerCase();

export const groupNotFound = (name: string | undefined) =>
  new AwsError("ReplicationGroupNotFoundFault", `ReplicationGroup ${lower(name)} not found.`, 404);

export function existingGroup(call: Call, name: string | undefined): GroupRow {
  const row = groups(call).get(lower(name));
  if (!row) throw groupNotFound(name);
  return row;
}

/** API_CreateReplicationGroup, API_CreateCacheParameterGroup: what a name is made of. */
export function checkName(parameter: string, value: string, longest: number): void {
  if (value.length > longest) throw badValue(`${parameter} cannot be longer than ${longest} characters.`);
  if (/^[a-z](?!.*--)[a-z0-9-]*$/i.test(value) && !value.endsWith("-")) return;
  throw badValue(
    `The parameter ${parameter} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII ` +
      "letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.",
  );
}
