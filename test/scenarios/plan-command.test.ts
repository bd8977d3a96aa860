import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutImageCommand } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, beforeEach, expect, describe as group, test } from "vitest";
import { stringify } from "yaml";
import type { Spec } from "../../src/api/spec.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { connect } from "../../src/aws/clients.ts";
import { Limits } from "../../src/aws/guard.ts";
import { type Io, run } from "../../src/cli/program.ts";
import { createWorld, inProcess, type SimulatedAws, VirtualClock } from "../simulator/index.ts";
import {
  ACCOUNT,
  condition,
  example,
  isReady,
  type Store,
  startOperator,
  storeWithSecrets,
  until,
} from "../support/platform.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agentorch-plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

let clock: VirtualClock;
let aws: SimulatedAws;
let store: Store;
let dev: { readonly name: string; readonly namespace: string; readonly spec: Spec };
beforeEach(async () => {
  clock = new VirtualClock();
  aws = createWorld({ clock });
  store = storeWithSecrets(clock);
  dev = await example("dev.yaml");
});

function connected(): Aws {
  return connect({
    account: ACCOUNT,
    region: "us-east-1",
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" },
    limits: new Limits({ clock, random: () => 0.5 }),
    requestHandler: inProcess(aws),
  });
}

/** `agentorch plan -o json` of the reference case with changes to its spec, as a user with rights to read would see it. */
async function plan(change: (spec: Spec) => object = (spec) => spec, { withCluster = true } = {}) {
  const file = join(folder, "object.yaml");
  const { name, namespace } = dev;
  const spec = change(structuredClone(dev.spec));
  const object = {
    apiVersion: "agentorchestrator.io/v1alpha1",
    kind: "AgentOrchestrator",
    metadata: { name, namespace },
    spec,
  };
  await writeFile(file, stringify(object));
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    stdin: async () => "",
    sources: async () => ({
      namespace: "default",
      cluster: withCluster ? store : undefined,
      aws: async () => connected(),
    }),
  };
  const code = await run(["plan", "-o", "json", "-f", file], io);
  const [made] = out.length > 0 ? JSON.parse(out.join("\n")).plans : [];
  const steps = (
    (made?.steps ?? []) as { node: string; action: string; changes: { field: string }[]; message?: string }[]
  ).filter(({ action }) => action !== "none");
  return { code, err: err.join("\n"), plan: made, steps, text: out.join("\n") };
}

/** An image under the tag that agents run unless told otherwise, as a release pipeline would push it. */
async function push(repositoryName: string): Promise<void> {
  const layer = {
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: `sha256:${"0".repeat(64)}`,
    size: 1,
  };
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { ...layer, mediaType: "application/vnd.oci.image.config.v1+json" },
    layers: [layer],
    annotations: { "org.opencontainers.image.title": repositoryName },
  });
  await connected().ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: "latest" }));
}

async function toReady(): Promise<void> {
  store.cluster.create(dev);
  const operator = startOperator({ aws, store, clock });
  await until(store, clock, dev, (object) => condition(object, "RegistryReady")?.status === "True");
  for (const { name } of dev.spec.agents) await push(`multi-agent-orchestrator-dev-${name}`);
  await until(store, clock, dev, isReady);
  await operator.stop();
}

test("before anything exists, all is to be created, in the account of the credentials, and no secret is shown", async () => {
  const { code, plan: made, text } = await plan();
  expect(code).toBe(2);
  expect(made).toMatchObject({ account: ACCOUNT, offline: false });
  const { create, wait } = made.summary;
  expect(create + wait).toBe(made.steps.length);
  const waiting = made.steps.filter(({ action }: { action: string }) => action === "wait");
  expect(waiting.every(({ reason }: { reason: string }) => reason === "ImageNotFound")).toBe(true);
  expect(text).not.toMatch(/snowflake-private-key|sk-lf-1/);
  expect(aws.calls.count({ write: true })).toBe(0);
});

test("what the plan says is to be created is what the operator then creates", async () => {
  const { plan: made } = await plan();
  await toReady();
  const recorded = (store.cluster.get(dev)?.status?.resources ?? []).map(({ node }) => node);
  expect([...recorded].sort()).toEqual(made.steps.map(({ node }: { node: string }) => node).sort());
});

group("of a platform that is Ready", () => {
  beforeEach(toReady);

  test("there is nothing to do, with the live object and by tags alone", async () => {
    expect(await plan()).toMatchObject({ code: 0, steps: [] });
    const byTags = await plan(undefined, { withCluster: false });
    expect(byTags.steps.filter(({ action }) => action !== "wait")).toEqual([]);
    expect(byTags.code).toBe(0);
  });

  test("a changed number of replicas is one field of one service", async () => {
    const { code, steps } = await plan((spec) => ({
      ...spec,
      agents: spec.agents.map((agent) => (agent.name === "langgraph" ? { ...agent, replicas: 3 } : agent)),
    }));
    expect(code).toBe(2);
    expect(steps).toMatchObject([
      { node: "agent/langgraph/service", action: "update", changes: [{ field: "desiredCount", from: 2, to: 3 }] },
    ]);
  });

  test("a removed agent leaves with all that was its own", async () => {
    const { code, steps } = await plan((spec) => ({
      ...spec,
      agents: spec.agents
        .filter(({ name }) => name !== "snowflake-cortex")
        .map((agent) => ({ ...agent, uses: agent.uses.filter(({ agent: used }) => used !== "snowflake-cortex") })),
    }));
    expect(code).toBe(2);
    const leaving = steps.filter(({ action }) => action === "delete").map(({ node }) => node);
    expect(leaving).toContain("agent/snowflake-cortex/service");
    expect(leaving.every((node) => node.startsWith("agent/snowflake-cortex/"))).toBe(true);
  });

  test("what a person deleted is to be created again", async () => {
    const id =
      store.cluster.get(dev)?.status?.resources?.find(({ node }) => node === "agent/langgraph/log-group")?.id ?? "";
    await connected().logs.send(new DeleteLogGroupCommand({ logGroupName: id }));
    const { code, steps } = await plan();
    expect(code).toBe(2);
    expect(steps).toContainEqual(expect.objectContaining({ node: "agent/langgraph/log-group", action: "create" }));
    expect(steps.every(({ node }) => node.startsWith("agent/langgraph/"))).toBe(true);
  });

  test("a change that the API server would refuse is refused here", async () => {
    const { code, err } = await plan((spec) => ({ ...spec, network: { ...spec.network, cidr: "10.1.0.0/16" } }));
    expect(code).toBe(1);
    expect(err).toMatch(/network\.cidr cannot change/);
  });
});

test("when AWS refuses a read, there is an error that names the action, and no half plan", async () => {
  aws.faults.add({ fault: { kind: "denied" }, action: "ListClusters" });
  aws.faults.add({ fault: { kind: "denied" }, action: "DescribeClusters" });
  const { code, err, text } = await plan();
  expect({ code, text }).toEqual({ code: 1, text: "" });
  expect(err).toMatch(/ecs:(Describe|List)Clusters/);
});
