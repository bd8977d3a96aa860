import type { EffectiveDatabase } from "../api/effective.ts";
import { type ComputeParts, capacityStrategy } from "./compute.ts";
import { type DatabaseParts, databaseName, databaseUser } from "./data-parts.ts";
import { allow, trustOfTasks } from "./identity.ts";
import { type NetworkParts, onePerZone } from "./network.ts";
import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { addCopy } from "./secrets.ts";
import { postgresPort, type SecurityParts } from "./security.ts";

/** User and group of PostgreSQL in the official image. */
const uid = 999;
const mountPath = "/data";
/** Host name in the private DNS, and last part of AWS names. */
export const databaseHost = "database";

/**
 * PostgreSQL as one task of the cluster with its data on EFS. Never two tasks at once, also not while a release rolls out:
 * two servers on one data directory destroy it.
 */
export function addContainerDatabase(
  scope: Scope,
  database: EffectiveDatabase,
  network: NetworkParts,
  security: SecurityParts,
  compute: ComputeParts,
): DatabaseParts {
  const { names } = scope;
  const fact = "DatabaseReady";
  const name = names.part(databaseHost);
  if (!database.passwordSecretRef || !security.database) throw new Error("a database in a container needs a password");
  const { name: from, key } = database.passwordSecretRef;
  const secret = addCopy(scope, {
    id: "database/secret",
    part: databaseHost,
    from,
    keys: [key],
    rename: { [key]: "password" },
    fields: { username: databaseUser },
  });
  const storage = addFiles(scope, network, security);
  const { logGroupName } = scope.add(
    "AWS::Logs::LogGroup",
    "database/log-group",
    { retentionDays: scope.spec.observability.logs.retentionDays },
    { name: names.logGroup(databaseHost), fact: "ObservabilityReady" },
  );
  const task = scope.add(
    "AWS::ECS::TaskDefinition",
    "database/task-definition",
    {
      family: name,
      cpu: "512",
      memory: "1024",
      executionRoleArn: compute.executionRoleArn,
      taskRoleArn: addRole(scope, storage.fileSystemId, storage.accessPointArn),
      architecture: "X86_64",
      container: {
        name: databaseHost,
        image: `public.ecr.aws/docker/library/postgres:${database.version}`,
        port: postgresPort,
        environment: { PGDATA: `${mountPath}/pgdata`, POSTGRES_DB: databaseName, POSTGRES_USER: databaseUser },
        secrets: { POSTGRES_PASSWORD: secret.valueFrom("password") },
        logGroup: logGroupName,
        logRegion: scope.facts.region,
        healthCheck: {
          command: ["CMD-SHELL", `pg_isready -U ${databaseUser} -d ${databaseName}`],
          intervalSeconds: 10,
          timeoutSeconds: 5,
          retries: 3,
          startPeriodSeconds: 60,
        },
        readonlyRoot: false,
        // PostgreSQL's fast shutdown writes a checkpoint first.
        stopTimeoutSeconds: 120,
        user: `${uid}:${uid}`,
        mount: {
          volume: { fileSystemId: storage.fileSystemId, accessPointId: storage.accessPointId },
          path: mountPath,
        },
      },
    },
    { name, fact },
  );
  const registry = compute.register(databaseHost, "database/discovery");
  const service = scope.add(
    "AWS::ECS::Service",
    "database/service",
    {
      cluster: compute.clusterArn,
      taskDefinition: task.taskDefinitionArn,
      desiredCount: 1,
      subnetIds: network.private.map(({ id }) => id),
      securityGroupIds: [security.database],
      assignPublicIp: false,
      capacityProviderStrategy: capacityStrategy(0),
      loadBalancers: [],
      registry: { serviceArn: registry },
      circuitBreaker: true,
      minimumHealthyPercent: 0,
      maximumPercent: 100,
      enableExecuteCommand: false,
    },
    { name, fact, after: [...network.privateReady, ...storage.ready, ...opened(security)] },
  );
  return {
    host: `${databaseHost}.${compute.domain}`,
    port: postgresPort,
    name: databaseName,
    secretArn: secret.arn,
    sslMode: "disable",
    ready: [service.$node],
  };
}

interface Files {
  readonly fileSystemId: Ref<string>;
  readonly accessPointId: Ref<string>;
  readonly accessPointArn: Ref<string>;
  readonly ready: readonly string[];
}

function addFiles(scope: Scope, network: NetworkParts, security: SecurityParts): Files {
  const { names } = scope;
  const fact = "DatabaseReady";
  const name = names.part(databaseHost);
  const securityGroupIds = security.storage ? [security.storage] : [];
  const { fileSystemId } = scope.add(
    "AWS::EFS::FileSystem",
    "database/file-system",
    { encrypted: true, throughputMode: "elastic", backup: true },
    { name, fact },
  );
  const targets = onePerZone(network.private).map(
    ({ key, id: subnetId }) =>
      scope.add(
        "AWS::EFS::MountTarget",
        `database/mount-target/${key}`,
        { fileSystemId, subnetId, securityGroupIds },
        { name: names.part(databaseHost, key), fact },
      ).$node,
  );
  const point = scope.add(
    "AWS::EFS::AccessPoint",
    "database/access-point",
    { fileSystemId, path: "/postgres", uid, gid: uid, permissions: "0700" },
    { name, fact },
  );
  return { fileSystemId, accessPointId: point.accessPointId, accessPointArn: point.arn, ready: targets };
}

/** Mounts its own directory and does nothing else in AWS. */
function addRole(scope: Scope, fileSystemId: Ref<string>, accessPointArn: Ref<string>): Ref<string> {
  const statement = {
    Sid: "Files",
    Effect: "Allow" as const,
    Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    Resource: [{ $template: [`${scope.arn("elasticfilesystem", "file-system/")}`, fileSystemId] }],
    Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": accessPointArn } },
  };
  return scope.add(
    "AWS::IAM::Role",
    "database/task-role",
    {
      description: "What the database's container may do in AWS",
      trust: trustOfTasks(scope),
      managedPolicyArns: [],
      policies: [{ name: "database", document: allow([statement]) }],
    },
    { name: scope.names.role(databaseHost), fact: "IdentityReady" },
  ).roleArn;
}

function opened({ open }: SecurityParts): readonly string[] {
  return ["database/security-group", "database/storage/security-group"].flatMap((id) => open.get(id) ?? []);
}
