import {
  CreateDBInstanceCommand,
  type CreateDBInstanceMessage,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceMessage,
} from "@aws-sdk/client-rds";
import { batched } from "../../aws/batch.ts";
import type { Kind, Live, Observed } from "../kind.ts";
import { asSet } from "../same.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { meaningOf, sameVersion } from "./instance-status.ts";
import { addTags, rdsArn } from "./shared.ts";

export interface DBInstanceProps {
  /** "postgres" */
  readonly engine: string;
  /** A major version ("15": any minor will do) or an exact one ("15.10"). */
  readonly engineVersion: string;
  /** "db.t3.micro" */
  readonly instanceClass: string;
  readonly storageGiB: number;
  /** Storage grows by itself up to here. */
  readonly maxStorageGiB?: number;
  /** "gp3" */
  readonly storageType: string;
  readonly multiAZ: boolean;
  /** Name of the DB subnet group. */
  readonly subnetGroup: string;
  readonly securityGroupIds: readonly string[];
  /** Name of the DB parameter group. */
  readonly parameterGroup?: string;
  readonly databaseName: string;
  readonly username: string;
  readonly backupRetentionDays: number;
  readonly encrypted: boolean;
  readonly deletionProtection: boolean;
  readonly autoMinorUpgrade: boolean;
  readonly port: number;
  readonly performanceInsights?: boolean;
}

export interface DBInstanceOutputs {
  /** Host name. */
  readonly endpoint: string;
  readonly port: number;
  /** ARN of the secret in which RDS keeps and rotates the master password: JSON with username and password. */
  readonly secretArn: string;
  readonly arn: string;
  /** "db-ABC…": what IAM policies of database authentication name. */
  readonly resourceId: string;
}

const describe = batched<DBInstance>({
  max: 100,
  read: async (aws, ids) => {
    const found = new Map<string, DBInstance>();
    const Filters = [{ Name: "db-instance-id", Values: [...ids] }];
    let Marker: string | undefined;
    do {
      const page = await aws.rds.send(new DescribeDBInstancesCommand({ Filters, MaxRecords: 100, Marker }));
      for (const instance of page.DBInstances ?? []) found.set(instance.DBInstanceIdentifier ?? "", instance);
      Marker = page.Marker;
    } while (Marker);
    return found;
  },
});

/** Its id is its identifier, in lower case. RDS makes the master password and keeps it in a secret of its own. */
export const dbInstance: Kind<DBInstanceProps, DBInstanceOutputs> = {
  type: "AWS::RDS::DBInstance",
  identity: "naturalKey",
  createOnly: ["engine", "subnetGroup", "databaseName", "username", "encrypted"],
  deleteFirst: true,
  data: true,
  same: {
    engineVersion: (desired, live) => sameVersion(desired.engineVersion, live.engineVersion),
    // Storage that may grow by itself and has done so is not drift; RDS never shrinks it.
    storageGiB: ({ storageGiB, maxStorageGiB }, live) =>
      maxStorageGiB === undefined ? live.storageGiB === storageGiB : (live.storageGiB ?? 0) >= storageGiB,
    securityGroupIds: asSet("securityGroupIds"),
  },
  timing: { pollSeconds: 10, usually: "5 to 15 minutes" },

  async find(aws, { name }) {
    const found = await describe(aws, name.toLowerCase());
    return found ? [{ id: name.toLowerCase(), tags: fromTagList(found.TagList) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    return found && observed(found);
  },

  async create(aws, { name, tags, props }) {
    await aws.rds.send(
      new CreateDBInstanceCommand({
        ...settings(props),
        DBInstanceIdentifier: name,
        Engine: props.engine,
        DBName: props.databaseName,
        MasterUsername: props.username,
        DBSubnetGroupName: props.subnetGroup,
        StorageEncrypted: props.encrypted,
        Port: props.port,
        PubliclyAccessible: false,
        CopyTagsToSnapshot: true,
        Tags: toTagList(tags),
      }),
    );
    return name.toLowerCase();
  },

  async update(aws, id, { props, live, changed }) {
    const all = changeable(props);
    const wanted = Object.fromEntries(changed.flatMap((prop) => Object.entries(all[prop] ?? {})));
    const majorUpgrade = changed.includes("engineVersion") && major(props.engineVersion) !== major(live.engineVersion);
    await aws.rds.send(
      new ModifyDBInstanceCommand({
        ...wanted,
        DBInstanceIdentifier: id,
        ApplyImmediately: true,
        ...(majorUpgrade && { AllowMajorVersionUpgrade: true }),
      }),
    );
  },

  /** Takes the protection off first: whether the data may go is decided by deletionPolicy before anyone comes here. */
  async delete(aws, id, { finalSnapshot }) {
    const found = await describe(aws, id);
    if (found?.DBInstanceStatus === "deleting") return;
    if (found?.DeletionProtection) {
      await aws.rds.send(
        new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, DeletionProtection: false, ApplyImmediately: true }),
      );
    }
    const last = finalSnapshot ? { FinalDBSnapshotIdentifier: finalSnapshot } : { SkipFinalSnapshot: true };
    await aws.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, ...last }));
  },

  async tag(aws, id, tags) {
    await addTags(aws, rdsArn(aws, "db", id), tags);
  },
};

/** What CreateDBInstance and ModifyDBInstance take alike, by the prop that it comes from. */
function changeable(props: DBInstanceProps): Partial<Record<keyof DBInstanceProps, Partial<ModifyDBInstanceMessage>>> {
  return {
    engineVersion: { EngineVersion: props.engineVersion },
    instanceClass: { DBInstanceClass: props.instanceClass },
    storageGiB: { AllocatedStorage: props.storageGiB },
    maxStorageGiB: { MaxAllocatedStorage: props.maxStorageGiB },
    storageType: { StorageType: props.storageType },
    multiAZ: { MultiAZ: props.multiAZ },
    securityGroupIds: { VpcSecurityGroupIds: [...props.securityGroupIds] },
    parameterGroup: { DBParameterGroupName: props.parameterGroup },
    backupRetentionDays: { BackupRetentionPeriod: props.backupRetentionDays },
    deletionProtection: { DeletionProtection: props.deletionProtection },
    autoMinorUpgrade: { AutoMinorVersionUpgrade: props.autoMinorUpgrade },
    port: { DBPortNumber: props.port },
    performanceInsights: { EnablePerformanceInsights: props.performanceInsights },
  };
}

function settings(props: DBInstanceProps): Pick<CreateDBInstanceMessage, "DBInstanceClass"> & object {
  const { port: _createCallsItPort, ...shared } = changeable(props);
  return Object.assign(
    { DBInstanceClass: props.instanceClass, ManageMasterUserPassword: true },
    ...Object.values(shared),
  );
}

function major(version: string | undefined): string | undefined {
  return version?.split(".")[0];
}

function observed(found: DBInstance): Observed<DBInstanceProps, DBInstanceOutputs> {
  const tags = fromTagList(found.TagList);
  const live = liveOf(found);
  const pending = pendingIn(found);
  const status = found.DBInstanceStatus ?? "";
  const meaning = meaningOf(status, pending);
  const outputs = outputsOf(found);
  if (meaning.phase !== "ready") {
    // What was made once goes on serving while RDS changes it; while it is being made, it has no endpoint to serve at.
    return { ...meaning, live, tags, ...(outputs && status !== "creating" && { outputs }) };
  }
  if (outputs) return { phase: "ready", live, tags, outputs };
  const message =
    "RDS does not manage its master password; let it do so with " +
    `\`aws rds modify-db-instance --db-instance-identifier ${found.DBInstanceIdentifier} --manage-master-user-password\``;
  return { phase: "failed", live, tags, message };
}

/** Names of the values that RDS has accepted and not yet applied. */
function pendingIn(found: DBInstance): string[] {
  const values = Object.entries(found.PendingModifiedValues ?? {});
  return values.filter(([, value]) => value !== undefined && typeof value !== "object").map(([name]) => name);
}

function outputsOf(found: DBInstance): DBInstanceOutputs | undefined {
  const { Address, Port } = found.Endpoint ?? {};
  const secretArn = found.MasterUserSecret?.SecretArn;
  if (!Address || !Port || !secretArn) return undefined;
  const arn = found.DBInstanceArn ?? "";
  return { endpoint: Address, port: Port, secretArn, arn, resourceId: found.DbiResourceId ?? "" };
}

/** Values that RDS has accepted and not yet applied count: sending them again would change nothing. */
function liveOf(found: DBInstance): Live<DBInstanceProps> {
  const now = { ...found, ...found.PendingModifiedValues };
  const port = found.PendingModifiedValues?.Port ?? found.Endpoint?.Port;
  const storageGiB = now.AllocatedStorage ?? 0;
  return {
    engine: found.Engine ?? "",
    engineVersion: now.EngineVersion ?? "",
    instanceClass: now.DBInstanceClass ?? "",
    storageGiB,
    // RDS tells no maximum when storage does not grow by itself.
    maxStorageGiB: found.MaxAllocatedStorage ?? storageGiB,
    storageType: now.StorageType ?? "",
    multiAZ: now.MultiAZ ?? false,
    subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName ?? "",
    securityGroupIds: (found.VpcSecurityGroups ?? [])
      .filter((group) => group.Status !== "removing")
      .map((group) => group.VpcSecurityGroupId ?? "")
      .sort(),
    parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
    databaseName: found.DBName ?? "",
    username: found.MasterUsername ?? "",
    backupRetentionDays: now.BackupRetentionPeriod ?? 0,
    encrypted: found.StorageEncrypted ?? false,
    deletionProtection: found.DeletionProtection ?? false,
    autoMinorUpgrade: found.AutoMinorVersionUpgrade ?? false,
    ...(port !== undefined && { port }),
    performanceInsights: found.PerformanceInsightsEnabled ?? false,
  };
}
