import { z } from "zod";
import { cache, cacheTransitions } from "./cache.ts";
import { objectName } from "./common.ts";
import { type Rule, ruled, type Transition } from "./rule.ts";

/** Major versions that RDS offers and the container image has. */
export const postgresVersions = ["15", "16", "17", "18"] as const;

/** GiB when storageGiB is not set: the least that RDS gives PostgreSQL on gp3. */
export const defaultStorageGiB = 20;

const fields = z.strictObject({
  engine: z.enum(["Postgres"]).default("Postgres").describe("Kind of database."),
  version: z
    .enum(postgresVersions)
    .default("15")
    .describe("Major version. It can go up; minor versions follow by themselves in the maintenance window."),
  deployment: z
    .enum(["RDS", "Container"])
    .default("RDS")
    .describe(
      "RDS runs, backs up and patches it. Container is one task on ECS with its data on EFS: cheaper, more to look after, no failover. Cannot change: the data would not move.",
    ),
  passwordSecretRef: z
    .strictObject({
      name: objectName.describe("Name of the Secret, in the namespace of the AgentOrchestrator."),
      key: z.string().min(1).max(253).default("password").describe("Key of the password in it."),
    })
    .optional()
    .describe("Kubernetes Secret with the password. Container only, and needed there: RDS makes and rotates its own."),
  instanceClass: z
    .string()
    .max(40)
    .regex(/^db\.[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9-]+$/)
    .optional()
    .describe("Size. RDS only. Default: db.t3.micro in Development, db.t3.small in Production."),
  storageGiB: z
    .int32()
    .min(20)
    .max(65536)
    .optional()
    .describe(`Storage; it can only grow. RDS only. Default: ${defaultStorageGiB}.`),
  maxStorageGiB: z
    .int32()
    .min(22)
    .max(65536)
    .optional()
    .describe("Storage grows by itself up to this size. RDS only. Default: it does not."),
  multiAZ: z
    .boolean()
    .optional()
    .describe(
      "A standby in a second zone that takes over. RDS only. Default: false in Development, true in Production.",
    ),
  backupRetentionDays: z
    .int32()
    .min(0)
    .max(35)
    .optional()
    .describe("Days that daily backups are kept; 0 makes none. RDS only. Default: 7 in Development, 14 in Production."),
});

type Fields = z.output<typeof fields>;

const rdsOnly = ["instanceClass", "storageGiB", "maxStorageGiB", "multiAZ", "backupRetentionDays"] as const;

const rules: readonly Rule<Fields>[] = [
  {
    cel: `self.deployment == 'RDS' || (${rdsOnly.map((field) => `!has(self.${field})`).join(" && ")})`,
    message: `${rdsOnly.join(", ")} are settings of RDS: remove them, or set deployment to RDS`,
    holds: (database) => database.deployment === "RDS" || rdsOnly.every((field) => database[field] === undefined),
  },
  {
    cel: "(self.deployment == 'Container') == has(self.passwordSecretRef)",
    message:
      "passwordSecretRef is needed with deployment Container and not taken with RDS, which makes its own password: add or remove it",
    holds: (database) => (database.deployment === "Container") === (database.passwordSecretRef !== undefined),
  },
  {
    cel: `!has(self.maxStorageGiB) || self.maxStorageGiB * 10 >= (has(self.storageGiB) ? self.storageGiB : ${defaultStorageGiB}) * 11`,
    message:
      "maxStorageGiB must exceed storageGiB by a tenth at least, as RDS demands: raise maxStorageGiB or remove it",
    holds: ({ maxStorageGiB, storageGiB = defaultStorageGiB }) =>
      maxStorageGiB === undefined || maxStorageGiB * 10 >= storageGiB * 11,
  },
];

const database = ruled(fields, ...rules);
export type Database = z.output<typeof database>;

export const data = z.strictObject({
  database: database.optional().describe("A PostgreSQL database in the private subnets. Default: none."),
  cache: cache
    .optional()
    .describe("A Valkey or Redis cache on ElastiCache in the private subnets, by TLS only. Default: none."),
  artifacts: z
    .strictObject({
      noncurrentDays: z
        .int32()
        .min(1)
        .max(3650)
        .default(30)
        .describe("Days that overwritten and deleted versions of an object are kept."),
    })
    .optional()
    .describe("A versioned, encrypted S3 bucket for what agents make and for access logs. Default: none."),
});
export type Data = z.output<typeof data>;

const storage = (self: string): string =>
  `(has(${self}.data.database.storageGiB) ? ${self}.data.database.storageGiB : ${defaultStorageGiB})`;

export const dataTransitions: readonly Transition<{ readonly data: Data }>[] = [
  ...cacheTransitions,
  {
    cel: "!has(self.data.database) || !has(oldSelf.data.database) || self.data.database.deployment == oldSelf.data.database.deployment",
    message:
      "data.database.deployment cannot change: the data would not move with it. Dump the database, remove data.database, then add it with the other deployment",
    keeps: (now, old) =>
      !now.data.database || !old.data.database || now.data.database.deployment === old.data.database.deployment,
  },
  {
    cel: "!has(self.data.database) || !has(oldSelf.data.database) || int(self.data.database.version) >= int(oldSelf.data.database.version)",
    message: "data.database.version can only go up: PostgreSQL has no way back. Set the version that it had",
    keeps: (now, old) =>
      !now.data.database ||
      !old.data.database ||
      Number(now.data.database.version) >= Number(old.data.database.version),
  },
  {
    cel: `!has(self.data.database) || !has(oldSelf.data.database) || ${storage("self")} >= ${storage("oldSelf")}`,
    message: `data.database.storageGiB can only grow (unset, it is ${defaultStorageGiB}): RDS storage cannot shrink. Set at least what it had`,
    keeps: (now, old) =>
      !now.data.database ||
      !old.data.database ||
      (now.data.database.storageGiB ?? defaultStorageGiB) >= (old.data.database.storageGiB ?? defaultStorageGiB),
  },
];
