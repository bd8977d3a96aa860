import type { EffectiveDatabase } from "../api/effective.ts";
import type { ComputeParts } from "./compute.ts";
import { addContainerDatabase } from "./data-container.ts";
import { type DatabaseParts, databaseName, databaseUser } from "./data-parts.ts";
import type { NetworkParts } from "./network.ts";
import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { postgresPort, type SecurityParts } from "./security.ts";

/** The database that the spec asks for, on RDS or in a container. */
export function addDatabase(
  scope: Scope,
  network: NetworkParts,
  security: SecurityParts,
  compute: ComputeParts,
): DatabaseParts | undefined {
  const { database } = scope.spec.data;
  if (!database || !security.database) return undefined;
  return database.deployment === "RDS"
    ? addInstance(scope, database, network, security.database)
    : addContainerDatabase(scope, database, network, security, compute);
}

function addInstance(
  scope: Scope,
  database: EffectiveDatabase,
  network: NetworkParts,
  securityGroup: Ref<string>,
): DatabaseParts {
  const { names } = scope;
  const fact = "DatabaseReady";
  const group = scope.add(
    "AWS::RDS::DBSubnetGroup",
    "database/subnet-group",
    { description: `Private subnets of ${names.prefix}`, subnetIds: network.private.map(({ id }) => id) },
    { name: names.part("database"), fact },
  );
  const family = `postgres${database.version}`;
  const parameters = scope.add(
    "AWS::RDS::DBParameterGroup",
    "database/parameter-group",
    { family, parameters: { "rds.force_ssl": "1" } },
    // The family cannot change: a new version comes with a group of another name, beside the old one.
    { name: names.part(family), fact },
  );
  const instance = scope.add(
    "AWS::RDS::DBInstance",
    "database/instance",
    {
      engine: "postgres",
      engineVersion: database.version,
      instanceClass: database.instanceClass,
      storageGiB: database.storageGiB,
      ...(database.maxStorageGiB !== undefined && { maxStorageGiB: database.maxStorageGiB }),
      storageType: "gp3",
      multiAZ: database.multiAZ,
      subnetGroup: group.name,
      securityGroupIds: [securityGroup],
      parameterGroup: parameters.name,
      databaseName,
      username: databaseUser,
      backupRetentionDays: database.backupRetentionDays,
      encrypted: true,
      deletionProtection: scope.spec.policies.database !== "Delete",
      autoMinorUpgrade: true,
      port: postgresPort,
    },
    { name: names.part("database"), fact },
  );
  return {
    host: instance.endpoint,
    port: postgresPort,
    name: databaseName,
    secretArn: instance.secretArn,
    sslMode: "require",
    ready: [instance.$node],
  };
}
