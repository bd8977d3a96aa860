import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccountConfig } from "../support/account.ts";
import { type Emulator, startEmulator } from "../support/emulators/emulator.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { inventoryOf, type Live } from "../support/orchestrator.ts";
import { type OperatorProcess, startOperatorProcess } from "../support/processes.ts";
import { writesIn } from "./calls.ts";
import { fillsFor, gaps } from "./gaps.ts";
import { PREFIX, ReferenceCase } from "./reference-case.ts";

/** moto's account, whoever signs. */
const ACCOUNT = "123456789012";
const LIMIT_MS = 60_000;
const AGENTS = ["aws-agent-core", "langgraph", "snowflake-cortex"];
let emulator: Emulator;
let gateway: Gateway;
let installation: Installation;
let operator: OperatorProcess;
let platform: ReferenceCase;
let account: AccountConfig;
let ecs: ECSClient;

beforeAll(async () => {
  [installation, emulator] = await Promise.all([startInstallation(), startEmulator("moto")]);
  gateway = await startGateway({ target: emulator.url, fills: fillsFor("moto") });
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

/** All that moto can: everything is made, and the services alone are not as they should be. */
function asFarAsMotoGoes(object: Live | undefined): boolean {
  return object?.status?.summary?.resources === "59/62" && inventoryOf(object).every((entry) => !/[)]$/.test(entry));
}

const revision = (arn: string | undefined): string | undefined => arn?.split("/").at(-1)?.replace(`${PREFIX}-`, "");

async function services() {
  const names = AGENTS.map((agent) => `${PREFIX}-${agent}`);
  const answer = await ecs.send(new DescribeServicesCommand({ cluster: PREFIX, services: names }));
  return (answer.services ?? []).map(({ desiredCount, runningCount, taskDefinition, deployments = [] }) => ({
    desiredCount,
    runningCount,
    revision: revision(taskDefinition),
    deployed: revision(deployments[0]?.taskDefinition),
  }));
}

test("kubectl apply of the reference case makes all of it, and waits for the tasks alone", async () => {
  expect(await platform.resources()).toEqual([]);
  await platform.begin();
  const object = await platform.until(asFarAsMotoGoes);
  expect(inventoryOf(object)).toHaveLength(62);
  const waitsFor = object?.status?.waitingFor?.map(({ resource }) => resource);
  expect(waitsFor).toEqual(AGENTS.map((agent) => `agent/${agent}/service`));
  expect((await services()).map(({ runningCount }) => runningCount)).toEqual([0, 0, 0]);
});

test("a look at everything finds all but the services as declared", async () => {
  const before = new Map(gateway.calls);
  await platform.lookAtEverything();
  expect(Object.keys(writesIn(gateway.calls, before))).toEqual(["UpdateService"]);
});

test("another number of tasks and another image reach ECS", async () => {
  await platform.change();
  const [one, two, three] = ["aws-agent-core:1", "langgraph:1", "snowflake-cortex:2"];
  await expect.poll(services, { timeout: LIMIT_MS }).toMatchObject([
    { desiredCount: 2, revision: one, deployed: one },
    { desiredCount: 3, revision: two, deployed: two },
    { desiredCount: 3, revision: three, deployed: "snowflake-cortex:1" },
  ]);
});

test("kubectl delete leaves nothing in the account", async () => {
  await platform.object.delete();
  await platform.gone();
  expect(await platform.resources()).toEqual([]);
});

test("every gap of the ledger that is filled at the door is still one", async () => {
  for (const { emulator, action, does, fill, open } of gaps) {
    if (emulator !== "moto" || !fill) continue;
    const needed = open ? await open(account) : (gateway.filled.get(fill) ?? 0) > 0;
    expect(needed, `${action} ${does}`).toBe(true);
  }
});
