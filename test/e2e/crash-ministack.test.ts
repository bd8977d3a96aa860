import { afterAll, beforeAll, test } from "vitest";
import { seededRandom } from "../simulator/random.ts";
import { type Emulator, startEmulator } from "../support/emulators/emulator.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { crashRounds, type Ends, undisturbed } from "./crash-rounds.ts";
import { CrashingOperator, MomentsOfWrites } from "./crashing-operator.ts";
import { fillsFor } from "./gaps.ts";
import { ReferenceCase } from "./reference-case.ts";

const ACCOUNT = "111122223333";
/** MiniStack takes no time for anything; the operator's waiting for late effects is shortened with its clock. */
const SPEED = 40;
const LIMIT_MS = 150_000;
const KILLS = 50;
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const moments = new MomentsOfWrites(seededRandom(seed));

let emulator: Emulator;
let gateway: Gateway;
let installation: Installation;
let operator: CrashingOperator;
let platform: ReferenceCase;
let ends: Ends;

beforeAll(async () => {
  [installation, emulator] = await Promise.all([startInstallation(), startEmulator("ministack")]);
  gateway = await startGateway({ target: emulator.url, fills: fillsFor("ministack"), fate: moments.fate });
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" };
  const account = { region: "us-east-1", credentials, endpoint: emulator.url };
  platform = new ReferenceCase(installation.control.adminKubeconfig, account, LIMIT_MS);
  const { program, kubeconfig } = installation;
  const args = ["--no-leader-elect", "--log-level", "error"];
  operator = new CrashingOperator({
    ...{ program, kubeconfig, args },
    ...{ endpoint: gateway.url, account: ACCOUNT, speed: SPEED },
  });
  await operator.start();
  platform.object.say(`CRASH_SEED=${seed}`);
});
afterAll(async () => {
  await operator?.stop();
  await gateway?.close();
  await emulator?.stop();
  await installation?.stop();
});

test("an undisturbed run shows where every other one must end", async () => {
  ends = await undisturbed(platform);
});

test(`${KILLS} kills around calls that change something, and lost answers, change nothing about where it ends`, async () => {
  moments.lossShare = 0.04;
  const crashes = {
    create: { most: 10, moment: moments.next(8) },
    change: { most: 3, moment: moments.next(3) },
    delete: { most: 8, moment: moments.next(12) },
  };
  await crashRounds({ platform, operator, ends, kills: KILLS, crashes });
});
