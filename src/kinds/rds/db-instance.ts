import type { Kind } from "../kind.ts";

export interface DBInstanceProps {
  readonly engine: "postgres";
  /** A major version ("15": any minor will do) or an exact one ("15.10"). */
  readonly engineVersion: string;
  /** "db.t3.micro" */
  readonly instanceClass: string;
  readonly storageGiB: number;
  /** Storage grows by itself up to here. */
  readonly maxStorageGiB?: number;
  readonly storageType: "gp3";
  readonly multiAZ: boolean;
  /** Name of the DB subnet group. */
  readonly subnetGroup: string;
  /** Sorted. */
  readonly securityGroupIds: readonly string[];
  /** Name of the DB parameter group. */
  readonly parameterGroup?: string;
  readonly databaseName: string;
  readonly username: string;
  readonly backupRetentionDays: number;
  readonly encrypted: true;
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

const notYet = async (): Promise<never> => {
  throw new Error("AWS::RDS::DBInstance is not written yet");
};

export const dbInstance: Kind<DBInstanceProps, DBInstanceOutputs> = {
  type: "AWS::RDS::DBInstance",
  identity: "naturalKey",
  createOnly: ["engine", "subnetGroup", "databaseName", "username", "encrypted"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
