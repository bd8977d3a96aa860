import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../simulator/random.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { inventoryOf, type Live } from "../support/orchestrator.ts";
import { type SimulatorProcess, startSimulator } from "../support/processes.ts";
import { CrashingOperator } from "./crashing-operator.ts";
import { ReferenceCase } from "./reference-case.ts";

const ACCOUNT = "111122223333";
const SPEED = 60;
const LIMIT_MS = 150_000;
const KILLS = 50;
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

let simulator: SimulatorProcess;
let installation: Installation;
let operator: CrashingOperator;
let platform: ReferenceCase;
/** What an undisturbed run comes to, after its creation and after its change. */
const expected: Picture[] = [];

interface Picture {
  readonly resources: readonly string[];
  readonly inventory: readonly string[];
}

const pictureOf = async (object: Live | undefined): Promise<Picture> => ({
  resources: await platform.resources(),
  inventory: inventoryOf(object),
});

beforeAll(async () => {
  [installation, simulator] = await Promise.all([
    startInstallation(),
    startSimulator(SPEED, ["--seed", String(seed), "--spread", "0.2"]),
  ]);
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" };
  const account = { region: "us-east-1", credentials, endpoint: simulator.url };
  platform = new ReferenceCase(installation.control.adminKubeconfig, account, LIMIT_MS);
  const { program, kubeconfig } = installation;
  const args = ["--no-leader-elect", "--log-level", "error"];
  const process = { program, kubeconfig, endpoint: simulator.url, account: ACCOUNT, speed: SPEED, args };
  operator = new CrashingOperator(process, seededRandom(seed));
  await operator.start();
  platform.object.say(`CRASH_SEED=${seed}`);
});
afterAll(async () => {
  await operator?.stop();
  await simulator?.server.stop();
  await installation?.stop();
});

test("an undisturbed run shows where every other one must end", async () => {
  await platform.begin();
  expected.push(await pictureOf(await platform.ready()));
  await platform.change();
  expected.push(await pictureOf(await platform.ready()));
  await platform.object.delete();
  await platform.gone();
  expect(await platform.resources()).toEqual([]);
});

test(`${KILLS} kills at random moments and lost answers change nothing about where it ends`, async () => {
  const faults = [
    { fault: { kind: "lost" }, write: true, probability: 0.04 },
    { fault: { kind: "lost", before: true }, write: true, probability: 0.02 },
    { fault: { kind: "error", after: true }, write: true, probability: 0.04 },
  ];
  const most = { create: 8, change: 6, delete: 6 };
  const withinMs = { create: 2_500, change: 700, delete: 1_500 };
  const kills = { create: 0, change: 0, delete: 0 };
  const crashing = async <T>(phase: keyof typeof kills, work: () => Promise<T>): Promise<T> => {
    const before = operator.kills;
    try {
      return await operator.crashDuring(work, most[phase], withinMs[phase]);
    } finally {
      kills[phase] += operator.kills - before;
      platform.object.say(`${phase}: killed ${operator.kills - before} times`);
    }
  };
  for (let round = 1; operator.kills < KILLS; round++) {
    expect(round, "rounds that 50 kills take").toBeLessThan(8);
    for (const fault of faults) await simulator.control("POST", "faults", { ...fault, account: ACCOUNT });
    const created = await crashing("create", async () => {
      await platform.begin();
      return platform.ready();
    });
    expect(await pictureOf(created)).toEqual(expected[0]);
    const changed = await crashing("change", async () => {
      await platform.change();
      return platform.ready();
    });
    expect(await pictureOf(changed)).toEqual(expected[1]);
    await crashing("delete", async () => {
      await platform.object.delete();
      await platform.gone();
    });
    await simulator.control("DELETE", "faults");
    expect(await platform.resources()).toEqual([]);
  }
  platform.object.say(`kills: ${JSON.stringify(kills)}`);
  const { failures } = (await simulator.control("GET", "state")) as { failures: readonly string[] };
  expect(failures).toEqual([]);
});
