import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccountConfig } from "../support/account.ts";
import { type Emulator, startEmulator } from "../support/emulators/emulator.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { inventoryOf, isReady } from "../support/orchestrator.ts";
import { type OperatorProcess, startOperatorProcess } from "../support/processes.ts";
import { writesIn } from "./calls.ts";
import { fillsFor, gaps } from "./gaps.ts";
import { PREFIX, ReferenceCase } from "./reference-case.ts";

const ACCOUNT = "111122223333";
const LIMIT_MS = 60_000;
let emulator: Emulator;
let gateway: Gateway;
let installation: Installation;
let operator: OperatorProcess;
let platform: ReferenceCase;
let account: AccountConfig;
let ecs: ECSClient;

beforeAll(async () => {
  [installation, emulator] = await Promise.all([startInstallation(), startEmulator("ministack")]);
  gateway = await startGateway({ target: emulator.url, fills: fillsFor("ministack") });
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" };
  account = { region: "us-east-1", credentials, endpoint: emulator.url };
  ecs = new ECSClient(account);
  platform = new ReferenceCase(installation.control.adminKubeconfig, account, LIMIT_MS);
  const { program, kubeconfig } = installation;
  operator = await startOperatorProcess({ program, kubeconfig, endpoint: gateway.url, account: ACCOUNT, speed: 1 });
});
afterAll(async () => {
  await operator?.server.stop();
  await gateway?.close();
  await emulator?.stop();
  await installation?.stop();
});

test("kubectl apply of the reference case becomes a Ready platform", async () => {
  expect(await platform.resources()).toEqual([]);
  await platform.object.say("kubectl apply of examples/dev.yaml");
  await platform.begin();
  const object = await platform.ready();
  expect(object?.status?.summary).toMatchObject({ resources: "62/62", agents: "7/7" });
  expect(inventoryOf(object)).toHaveLength(62);
});

test("a look at everything finds it as declared and writes nothing", async () => {
  const before = new Map(gateway.calls);
  await platform.lookAtEverything();
  expect(writesIn(gateway.calls, before)).toEqual({});
});

test("another number of tasks and another image reach ECS, and nothing of the old is left", async () => {
  const before = new Map(gateway.calls);
  await platform.change();
  const object = await platform.ready();
  expect(object?.status?.summary?.agents).toBe("8/8");
  expect(writesIn(gateway.calls, before)).toEqual({
    DeregisterTaskDefinition: 1,
    DeleteTaskDefinitions: 1,
    RegisterTaskDefinition: 1,
    UpdateService: 2,
  });
  const names = ["langgraph", "snowflake-cortex"].map((agent) => `${PREFIX}-${agent}`);
  const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster: PREFIX, services: names }));
  expect(services.map(({ desiredCount }) => desiredCount)).toEqual([3, 3]);
  const active = await ecs.send(new ListTaskDefinitionsCommand({ status: "ACTIVE" }));
  const revisions = active.taskDefinitionArns?.map((arn) => arn.split("/").at(-1));
  expect(revisions).toEqual([`${PREFIX}-aws-agent-core:1`, `${PREFIX}-langgraph:1`, `${PREFIX}-snowflake-cortex:2`]);
});

test("a cache is made, wired into the agent that uses it, and found as declared", async () => {
  const live = await platform.object.get();
  const uses = [{ component: "database" as const }, { component: "cache" as const }];
  const agents = live?.spec.agents.map((agent) => (agent.name === "langgraph" ? { ...agent, uses } : agent));
  const cache = { replicas: 1, maxMemoryPolicy: "noeviction" };
  await platform.object.merge({ spec: { data: { cache }, agents } });
  const object = await platform.until((now) => isReady(now) && now?.status?.summary?.resources === "67/67");
  const { ReplicationGroups = [] } = await new ElastiCacheClient(account).send(
    new DescribeReplicationGroupsCommand({}),
  );
  expect(ReplicationGroups).toMatchObject([
    { ReplicationGroupId: `${PREFIX}-cache`, Engine: "valkey", AutomaticFailover: "enabled", MultiAZ: "enabled" },
  ]);
  const host = ReplicationGroups[0]?.NodeGroups?.[0]?.PrimaryEndpoint?.Address;
  const revision = object?.status?.resources?.find(({ node }) => node === "agent/langgraph/task-definition")?.id;
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: revision }));
  const environment = taskDefinition?.containerDefinitions?.[0]?.environment;
  expect(environment).toContainEqual({ name: "REDIS_URL", value: `rediss://${host}:6379` });
  const before = new Map(gateway.calls);
  await platform.lookAtEverything();
  expect(writesIn(gateway.calls, before)).toEqual({});
});

test("kubectl delete leaves nothing in the account", async () => {
  await platform.object.delete();
  await platform.gone();
  expect(await platform.resources()).toEqual([]);
});

test("every gap of the ledger that is filled at the door is still one", async () => {
  for (const { emulator, action, does, fill, open } of gaps) {
    if (emulator !== "ministack" || !fill) continue;
    const needed = open ? await open(account) : (gateway.filled.get(fill) ?? 0) > 0;
    expect(needed, `${action} ${does}`).toBe(true);
  }
});
