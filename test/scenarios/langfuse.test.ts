import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, test } from "vitest";
import policy from "../../manifests/iam/policy.json" with { type: "json" };
import { script } from "../simulator/script.ts";
import { issueCertificate } from "../simulator/services/elbv2/certificates.ts";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant, type Written } from "../support/tenant.ts";

const clickhouse = { url: "https://x.us-east-1.aws.clickhouse.cloud:8443", secretRef: { name: "clickhouse" } };
const stores = { database: {}, cache: { maxMemoryPolicy: "noeviction" }, artifacts: {} };
const [agent] = smallSpec().agents as Written[];
const agents = [{ ...agent, uses: [{ component: "langfuse" }] }];
const selfHosted: Written = {
  agents,
  data: stores,
  observability: { langfuse: { mode: "SelfHosted", selfHosted: { clickhouse } } },
};
const cloud: Written = {
  agents,
  data: stores,
  observability: { langfuse: { mode: "Cloud", secretRef: { name: "langfuse" }, selfHosted: { clickhouse } } },
};

let stage: Stage;
let shop: Tenant;

function open(options: ConstructorParameters<typeof Stage>[0] = {}): void {
  stage = new Stage(options);
  shop = new Tenant(stage);
  stage.store.putSecret("agents", "clickhouse", { user: "langfuse", password: "password-of-clickhouse" });
  script(stage.aws).image("docker.io/langfuse/*", { kind: "works" });
}
beforeEach(() => open());
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

async function ready(spec: Written = selfHosted): Promise<void> {
  stage.start();
  shop.apply(spec);
  await shop.ready();
}
const contentOf = async (part: string): Promise<string> =>
  (await stage.client().secrets.send(new GetSecretValueCommand({ SecretId: `shop-dev-langfuse-${part}` })))
    .SecretString ?? "";
const secretNames = async (): Promise<readonly string[]> =>
  ((await stage.client().secrets.send(new ListSecretsCommand({}))).SecretList ?? [])
    .map(({ Name = "" }) => Name)
    .filter((name) => name.startsWith("shop-dev-langfuse"))
    .sort();

/** What the tasks of a service run by. */
async function containerOf(service: string) {
  const { ecs } = stage.client();
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: "shop-dev", services: [`shop-dev-${service}`] }),
  );
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: services[0]?.taskDefinition }),
  );
  const [container] = taskDefinition?.containerDefinitions ?? [];
  const { environment = [], secrets = [] } = container ?? {};
  return {
    environment: Object.fromEntries(environment.map(({ name, value }) => [name, value])),
    secrets: Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, valueFrom])),
  };
}

test("a Langfuse of one's own gets Ready beside the agents, is told as they are, and goes with everything", async () => {
  await ready();
  expect(shop.status.agents?.map(({ name, running, image }) => `${name} ${running} ${image}`)).toEqual([
    "clerk 1 public.ecr.aws/shop/clerk:latest",
    "langfuse 1 docker.io/langfuse/langfuse:4",
    "langfuse-worker 1 docker.io/langfuse/langfuse-worker:4",
  ]);
  expect(shop.status.summary?.agents).toBe("3/3");
  const { environment } = await containerOf("clerk");
  expect(environment.LANGFUSE_BASE_URL).toBe("http://langfuse.shop.local:3000");
  const lines = shop.status.cost?.lines?.filter(({ item }) => item.includes("langfuse")) ?? [];
  expect(lines.map(({ item, quantity }) => `${item}: ${quantity}`)).toEqual([
    "Fargate langfuse: 1 × 2 vCPU, 4 GiB",
    "Fargate langfuse-worker: 1 × 2 vCPU, 4 GiB",
  ]);
  shop.delete();
  await shop.gone();
  expect(await stage.resources()).toEqual([]);
});

test("it is not written again while nothing changes", async () => {
  await ready();
  const since = stage.clock.now();
  await stage.clock.sleep(900_000);
  expect(stage.writesSince(since)).toEqual([]);
});

test("what is generated stands in Secrets Manager and nowhere else", async () => {
  const lines: string[] = [];
  const note = (...words: unknown[]): void => {
    lines.push(JSON.stringify(words));
  };
  stage.start({ log: { debug: note, info: note, warn: note, error: note } });
  shop.apply(selfHosted);
  await shop.ready();
  const values = [await contentOf("keys"), await contentOf("server")].flatMap((text) =>
    Object.values(JSON.parse(text) as Record<string, string>),
  );
  expect(values).toHaveLength(7);
  expect(new Set(values).size).toBe(7);
  const told = JSON.stringify([shop.object, stage.store.events, lines, await containerOf("langfuse")]);
  expect([...values, "password-of-clickhouse"].filter((value) => told.includes(value))).toEqual([]);
});

test("keys survive a lost answer to each of the calls that make them, and an operator that is new", async () => {
  stage.aws.faults.add({ fault: { kind: "lost" }, action: "CreateSecret", times: 3 });
  stage.start();
  shop.apply(selfHosted);
  await shop.until(() => stage.aws.calls.count({ action: "CreateSecret", outcome: "lost" }) > 0);
  const first = new Map<string, string>();
  for (const part of ["keys", "server"]) first.set(part, await contentOf(part).catch(() => ""));
  await stage.stop();
  stage.start();
  await shop.ready();
  expect(await secretNames()).toEqual([
    "shop-dev-langfuse-clickhouse",
    "shop-dev-langfuse-keys",
    "shop-dev-langfuse-server",
  ]);
  for (const [part, value] of first) if (value) expect(await contentOf(part)).toBe(value);
  expect([...first.values()].some(Boolean)).toBe(true);
});

test("kept keys are taken back by the next object of that name, and nothing of them is made again", async () => {
  await ready({ ...selfHosted, deletionPolicy: "Retain" });
  const before = [await contentOf("keys"), await contentOf("server")];
  shop.delete();
  await shop.gone();
  const since = stage.clock.now();
  shop.apply(selfHosted);
  await shop.ready();
  expect([await contentOf("keys"), await contentOf("server")]).toEqual(before);
  expect(stage.writesSince(since)).not.toContain("CreateSecret");
  expect(stage.writesSince(since)).not.toContain("PutSecretValue");
});

test("a secret that somebody deletes comes back with the value that it had", async () => {
  await ready();
  const before = await contentOf("server");
  const { secrets } = stage.client();
  await secrets.send(new DeleteSecretCommand({ SecretId: "shop-dev-langfuse-server", RecoveryWindowInDays: 7 }));
  await shop.until(() => stage.aws.calls.count({ action: "RestoreSecret", outcome: "ok" }) > 0);
  await shop.ready();
  expect(await contentOf("server")).toBe(before);
});

test("a status that is lost does not cost the keys", async () => {
  await ready();
  const before = [await contentOf("keys"), await contentOf("server")];
  await stage.stop();
  shop.wipeStatus();
  stage.start();
  await shop.ready();
  expect([await contentOf("keys"), await contentOf("server")]).toEqual(before);
});

test("a key that a person rotates stays, and reaches Langfuse and the agents by a rollout", async () => {
  await ready();
  const { secrets } = stage.client();
  const SecretId = "shop-dev-langfuse-keys";
  const SecretString = JSON.stringify({ publicKey: "pk-lf-new", secretKey: "sk-lf-new" });
  const { VersionId = "" } = await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
  await shop.until(() => shop.condition("Ready")?.status === "False");
  await shop.ready();
  expect(await contentOf("keys")).toBe(SecretString);
  expect((await containerOf("clerk")).secrets.LANGFUSE_SECRET_KEY).toMatch(new RegExp(`:secretKey::${VersionId}$`));
  expect((await containerOf("langfuse")).secrets.LANGFUSE_INIT_PROJECT_SECRET_KEY).toContain(VersionId);
  const versions = (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {};
  expect(versions[VersionId]).toContain("AWSCURRENT");
});

test("from Cloud to a Langfuse of one's own and back: agents follow, and what is no longer used goes", async () => {
  await ready(cloud);
  const before = await stage.resources();
  expect((await containerOf("clerk")).environment.LANGFUSE_BASE_URL).toBe("https://cloud.langfuse.com");
  shop.apply(selfHosted);
  await shop.ready();
  expect((await containerOf("clerk")).environment.LANGFUSE_BASE_URL).toBe("http://langfuse.shop.local:3000");
  expect(await secretNames()).not.toContain("shop-dev-langfuse");
  shop.apply(cloud);
  await shop.ready();
  await shop.until((object) => !object?.status?.resources?.some(({ node }) => node.startsWith("langfuse/w")));
  expect((await containerOf("clerk")).environment.LANGFUSE_BASE_URL).toBe("https://cloud.langfuse.com");
  expect(await stage.resources()).toEqual(before);
});

test("agents run while Langfuse does not, and the reason names it and the field to look at", async () => {
  script(stage.aws).image("docker.io/langfuse/langfuse:*", { kind: "crashes", exitCode: 1 });
  stage.start();
  shop.apply(selfHosted);
  const message = await shop.reason("Failed", 3_600_000);
  expect(message).toContain("langfuse");
  expect(message).toContain("exit code 1");
  expect(shop.condition("AgentsReady")?.status).toBe("True");
  expect(shop.condition("ObservabilityReady")?.status).toBe("False");
  expect(shop.status.agents?.find(({ name }) => name === "langfuse")?.lastFailure).toContain("exit code 1");
});

test("the Secret of ClickHouse is asked for by name, and all goes on by itself once it is there", async () => {
  stage.store.removeSecret("agents", "clickhouse");
  stage.start();
  shop.apply(selfHosted);
  expect(await shop.reason("SecretNotFound")).toContain("Secret clickhouse does not exist in namespace agents");
  stage.store.putSecret("agents", "clickhouse", { user: "langfuse", password: "password-of-clickhouse" });
  await shop.ready();
});

test("people reach it under its own name through the load balancer of the agents", async () => {
  const where = { world: stage.aws, account: ACCOUNT, region: "us-east-1" };
  const certificateArn = issueCertificate(where, "api.example.com");
  const web = { replicas: 2, ingress: { host: "langfuse.example.com" } };
  await ready({
    ...selfHosted,
    access: { domain: { name: "api.example.com", certificateArn } },
    observability: {
      langfuse: { mode: "SelfHosted", selfHosted: { clickhouse, web, adminEmail: "admin@example.com" } },
    },
  });
  expect(shop.status.summary?.agents).toBe("4/4");
  expect((await containerOf("langfuse")).environment.NEXTAUTH_URL).toBe("https://langfuse.example.com");
  shop.delete();
  await shop.gone();
  expect(await stage.resources()).toEqual([]);
});

test("the operator's own IAM policy is enough for it", async () => {
  open({ enforceIam: true });
  const { iam } = stage.client();
  const RoleName = "agentorchestrator-operator";
  const trust = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify(policy);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "agentorchestrator", PolicyDocument }));
  stage.start({ roleArn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}` });
  shop.apply(selfHosted);
  await shop.ready();
  shop.delete();
  await shop.gone();
  const denied = stage.aws.calls.find().filter(({ outcome }) => /^(AccessDenied|Unauthorized)/.test(outcome));
  expect(denied.map(({ service, action }) => `${service}:${action}`)).toEqual([]);
});
