import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarios } from "../scenarios/differential/index.ts";
import { differences, expected } from "../scenarios/differential/ledger.ts";
import { play } from "../scenarios/differential/scenario.ts";
import { onEmulator, onSimulator } from "../scenarios/differential/subject.ts";
import { type Emulator, startEmulator } from "../support/emulators/emulator.ts";
import type { EmulatorName } from "../support/emulators/registry.ts";

/** moto loads managed policies anew at each reset, which takes a second and which no scenario asks for. */
const ENV = { moto: { MOTO_IAM_LOAD_MANAGED_POLICIES: "false" }, ministack: {} };
const names: readonly EmulatorName[] = ["ministack", "moto"];

describe.each(names)("beside %s, the simulator differs only as the ledger says", (name) => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator(name, ENV[name]);
  });
  afterAll(() => emulator?.stop());

  it.each(scenarios)("$name", async (scenario) => {
    const simulator = await play(scenario, onSimulator());
    const other = await play(scenario, await onEmulator(emulator));
    expect(differences(simulator, other)).toEqual(expected(scenario.name, name));
  });
});
