import { describe, expect, it } from "vitest";
import { scenarios } from "./index.ts";
import { ledger } from "./ledger.ts";
import { ENDED, play } from "./scenario.ts";
import { onSimulator } from "./subject.ts";

describe("the differential scenarios", () => {
  it.each(scenarios)("$name: goes to its end on the simulator", async (scenario) => {
    const outcomes = await play(scenario, onSimulator());
    expect(Object.keys(outcomes).length).toBeGreaterThan(0);
    expect(outcomes[ENDED]).toBeUndefined();
  });

  it("have names of their own", () => {
    const names = scenarios.map((each) => each.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the ledger", () => {
  it("speaks of scenarios that are there, and of each step once", () => {
    const names = scenarios.map((each) => each.name);
    const steps = ledger.flatMap((verdict) => Object.keys(verdict.steps).map((step) => `${verdict.scenario}: ${step}`));
    expect(ledger.filter((verdict) => !names.includes(verdict.scenario))).toEqual([]);
    expect(steps.filter((step, index) => steps.indexOf(step) !== index)).toEqual([]);
  });

  it("names the page that decides, unless a difference only follows from another", () => {
    const without = ledger.filter((verdict) => verdict.page === undefined);
    expect(without.filter((verdict) => !verdict.why.startsWith("Follows from"))).toEqual([]);
  });
});
