import { PutImageCommand } from "@aws-sdk/client-ecr";
import { DescribeSnapshotsCommand } from "@aws-sdk/client-elasticache";
import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, test } from "vitest";
import { issueCertificate } from "../simulator/services/elbv2/certificates.ts";
import { addWayOut, makeNetwork } from "../support/network.ts";
import { ACCOUNT, example } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { Tenant, type Written } from "../support/tenant.ts";

const REGION = "eu-west-1";
let stage: Stage;
let prod: Tenant;
let spec: Written;
let before: readonly string[];

/** examples/prod.yaml with what it refers to: a network of four subnets, a certificate, a secret. */
beforeEach(async () => {
  stage = new Stage();
  prod = new Tenant(stage, "prod");
  const aws = stage.client(REGION);
  const existing = await makeNetwork(aws);
  await addWayOut(aws, existing);
  await stage.clock.sleep(300_000);
  const certificateArn = issueCertificate({ world: stage.aws, account: ACCOUNT, region: REGION }, "api.example.com");
  const { ARN: arn } = await aws.secrets.send(new CreateSecretCommand({ Name: "snowflake", SecretString: "{}" }));
  const given = (await example("prod.yaml")).spec;
  spec = {
    ...given,
    network: { existing },
    access: { domain: { name: "api.example.com", certificateArn } },
    agents: given.agents.map((agent) => ({
      ...agent,
      secrets: agent.secrets.map(({ name }) => ({ name, from: { arn } })),
    })),
  };
  before = await stage.resources(REGION);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

async function push(agent: string, imageTag: string): Promise<void> {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, layers: [], annotations: { agent } });
  const repositoryName = `multi-agent-orchestrator-prod-${agent}`;
  await stage.client(REGION).ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
}

async function ready(change: Written = {}): Promise<void> {
  stage.start();
  prod.apply({ ...spec, ...change });
  await prod.until((now) => now?.status?.conditions?.find(({ type }) => type === "RegistryReady")?.status === "True");
  await Promise.all([push("aws-agent-core", "1.4.2"), push("langgraph", "latest"), push("snowflake-cortex", "latest")]);
  await prod.ready();
}

async function kept(): Promise<readonly string[]> {
  prod.delete();
  await prod.gone();
  return (await stage.resources(REGION)).filter((name) => !before.includes(name));
}
const types = (names: readonly string[]): readonly string[] =>
  [...new Set(names.map((name) => name.split(" ")[0] ?? ""))].sort();

test("prod.yaml becomes Ready within its budget, behind HTTPS, with a standby", async () => {
  await ready();
  expect(prod.status.endpoint).toBe("https://api.example.com");
  expect(prod.condition("WithinBudget")?.status).toBe("True");
  expect(prod.status.summary?.agents).toBe("7/7");
  const { DBInstances = [] } = await stage.client(REGION).rds.send(new DescribeDBInstancesCommand({}));
  expect(DBInstances[0]).toMatchObject({ MultiAZ: true, DeletionProtection: true, BackupRetentionPeriod: 14 });
});

test("its data stays with what it lives in when it is deleted, as it says, and is taken back by the next", async () => {
  await ready();
  const left = await kept();
  expect(types(left)).toEqual([
    "bucket",
    "cache-subnet-group",
    "db-instance",
    "db-subnet-group",
    "replication-group",
    "repository",
    "secret",
    "security-group",
  ]);
  const since = stage.clock.now();
  prod.apply({ ...spec, deletionPolicy: "Delete" });
  await prod.ready();
  const made = stage.writesSince(since);
  for (const action of [
    "CreateDBInstance",
    "CreateReplicationGroup",
    "CreateBucket",
    "CreateRepository",
    "CreateSecret",
  ])
    expect(made).not.toContain(action);
  expect(await kept()).toEqual([]);
});

test("without a word on deletion the profile keeps data: last snapshots of database and cache, and the rest itself", async () => {
  const { deletionPolicy: _, ...silent } = spec;
  spec = silent;
  await ready();
  expect(types(await kept())).toEqual(["bucket", "repository", "secret"]);
  const { DBSnapshots = [] } = await stage.client(REGION).rds.send(new DescribeDBSnapshotsCommand({}));
  expect(DBSnapshots.filter(({ SnapshotType }) => SnapshotType === "manual")).toMatchObject([{ Status: "available" }]);
  const { Snapshots = [] } = await stage.client(REGION).elasticache.send(new DescribeSnapshotsCommand({}));
  expect(Snapshots).toMatchObject([{ SnapshotStatus: "available" }]);
});
