import type { EmulatorName } from "../../../support/emulators/registry.ts";
import type { Outcome } from "../scenario.ts";

/** Some steps of a scenario in which emulators differ from the simulator for one reason, and who is right. */
export interface Verdict {
  readonly scenario: string;
  readonly why: string;
  /** Page of AWS that says so; undefined where it is only a consequence of another difference. */
  readonly page: string | undefined;
  /** "undocumented": AWS's pages do not say, and the simulator does what its clients expect or what is stricter. */
  readonly right: "simulator" | "emulators" | "undocumented";
  /** What came of each step in the emulators that differ; NEVER where a scenario did not get there. */
  readonly steps: Readonly<Record<string, Partial<Readonly<Record<EmulatorName, Outcome>>>>>;
}

/** Stands for the outcome of a step that was never reached. */
export const NEVER = "(never came)";
