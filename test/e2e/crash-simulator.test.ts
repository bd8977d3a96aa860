import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../simulator/random.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { type SimulatorProcess, startSimulator } from "../support/processes.ts";
import { crashRounds, type Ends, undisturbed } from "./crash-rounds.ts";
import { anyMoment, CrashingOperator } from "./crashing-operator.ts";
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
let ends: Ends;

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
  operator = new CrashingOperator({
    ...{ program, kubeconfig, args },
    ...{ endpoint: simulator.url, account: ACCOUNT, speed: SPEED },
  });
  await operator.start();
  platform.object.say(`CRASH_SEED=${seed}`);
});
afterAll(async () => {
  await operator?.stop();
  await simulator?.server.stop();
  await installation?.stop();
});

test("an undisturbed run shows where every other one must end", async () => {
  ends = await undisturbed(platform);
});

test(`${KILLS} kills at random moments and lost answers change nothing about where it ends`, async () => {
  for (const fault of [
    { fault: { kind: "lost" }, probability: 0.04 },
    { fault: { kind: "lost", before: true }, probability: 0.02 },
    { fault: { kind: "error", after: true }, probability: 0.04 },
  ]) {
    await simulator.control("POST", "faults", { ...fault, write: true, account: ACCOUNT });
  }
  const random = seededRandom(seed);
  const crashes = {
    create: { most: 8, moment: anyMoment(random, 2_500) },
    change: { most: 6, moment: anyMoment(random, 700) },
    delete: { most: 6, moment: anyMoment(random, 1_500) },
  };
  await crashRounds({ platform, operator, ends, kills: KILLS, crashes });
  const { failures } = (await simulator.control("GET", "state")) as { failures: readonly string[] };
  expect(failures).toEqual([]);
});
