import { INTERRUPT, isInterrupted, MemorySaver } from "@langchain/langgraph";
import { beforeEach, expect, it } from "vitest";
import type { WritingStep } from "../domain/workflow.ts";
import { buildGraph, type Steps, type Wait } from "./graph.ts";
import type { Material } from "./prompts.ts";

let saver: MemorySaver;
let asked: { readonly step: string; readonly material?: Material }[];
let results: Partial<Record<WritingStep, string>>;
let approved: boolean;
let broken: WritingStep | undefined;
beforeEach(() => {
  saver = new MemorySaver();
  asked = [];
  results = { researcher: "notes", analyst: "analysis", writer: "report" };
  approved = true;
  broken = undefined;
});

const steps: Steps = {
  async write(step, material) {
    asked.push({ step, material });
    if (step === broken) throw new Error("broken");
    return results[step];
  },
  async approve() {
    asked.push({ step: "approval" });
    return approved;
  },
};

/** A run by a replica of its own, which has nothing but the checkpoints. Returns what it waits for. */
async function run(input: object | null = null): Promise<Wait | "end"> {
  const config = { configurable: { thread_id: "w-1" }, durability: "sync" as const };
  const state: unknown = await buildGraph(steps, saver).invoke(input, config);
  return isInterrupted<Wait>(state) ? (state[INTERRUPT][0]?.value ?? "end") : "end";
}

const start = () => run({ topic: "Heat pumps", instructions: null, notes: "", analysis: "" });

const took = () => asked.splice(0).map(({ step }) => step);

it("takes the steps in their order, each with what those before found", async () => {
  expect(await start()).toBe("end");
  const material = { topic: "Heat pumps", instructions: null };
  expect(asked).toEqual([
    { step: "researcher", material: { ...material, notes: "", analysis: "" } },
    { step: "analyst", material: { ...material, notes: "notes", analysis: "" } },
    { step: "approval" },
    { step: "writer", material: { ...material, notes: "notes", analysis: "analysis" } },
  ]);
});

it("waits for an approval as often as it is run, and goes on once there is one", async () => {
  approved = false;
  expect(await start()).toEqual({ for: "approval" });
  expect(took()).toEqual(["researcher", "analyst", "approval"]);
  expect(await run()).toEqual({ for: "approval" });
  expect(took()).toEqual(["approval"]);
  approved = true;
  expect(await run()).toBe("end");
  expect(took()).toEqual(["approval", "writer"]);
});

it.each(["researcher", "analyst", "writer"] as const)(
  "waits for the %s elsewhere, and goes on with the report",
  async (step) => {
    delete results[step];
    expect(await start()).toEqual({ for: "callback", step });
    took();
    results[step] = `${step} from elsewhere`;
    expect(await run()).toBe("end");
    expect(took()[0]).toBe(step);
  },
);

it("does again the step that broke, and none before it", async () => {
  broken = "analyst";
  await expect(start()).rejects.toThrow("broken");
  took();
  broken = undefined;
  expect(await run()).toBe("end");
  expect(took()).toEqual(["analyst", "approval", "writer"]);
});

it("does nothing after its end", async () => {
  await start();
  took();
  expect(await run()).toBe("end");
  expect(took()).toEqual([]);
});
