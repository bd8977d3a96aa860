import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundleAgent } from "../../../scripts/images/bundle.ts";
import { seededRandom } from "../../../test/simulator/random.ts";
import { planOf } from "./chaos/plan.ts";
import { type Outcome, runChaos } from "./chaos/run.ts";
import { type Stage, startStage } from "./testing/stage.ts";

// A failure is repeated with its CHAOS_SEED, and found sooner with more kills: the moments differ from run to run all the same.
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9));
const kills = Number(process.env.CHAOS_KILLS ?? 50);
const plan = planOf(Number(process.env.CHAOS_WORKFLOWS ?? 100));
const concurrency = 4;
const replicas = 3;

let folder: string;
let stage: Stage;
beforeAll(async () => {
  const random = seededRandom(seed);
  // EventBridge takes nineteen of twenty events, and answers forty-nine of fifty requests.
  stage = await startStage((event) => random() < (event ? 0.05 : 0.02));
  folder = await mkdtemp(join(tmpdir(), "langgraph-"));
  await bundleAgent(fileURLToPath(new URL("../../..", import.meta.url)), "langgraph", folder);
});
afterAll(async () => {
  await stage?.stop();
  if (folder) await rm(folder, { recursive: true });
});

const run = (disturbed: boolean): Promise<Outcome> =>
  runChaos(stage, {
    plan,
    kills: disturbed ? kills : 0,
    freeze: disturbed,
    random: seededRandom(seed),
    main: pathToFileURL(join(folder, "agent.js")),
    leaseSeconds: 2,
    concurrency,
  });

it(`ends ${plan.length} workflows as if nothing had happened, with ${kills} kills among ${replicas} replicas and one frozen past its lease (CHAOS_SEED=${seed})`, async () => {
  const calm = await run(false);
  const before = stage.eventBridge.events.length;
  const stormy = await run(true);

  const wanted = Object.fromEntries(plan.map(({ topic, end }) => [topic, end]));
  const statuses = ({ ends }: Outcome) =>
    Object.fromEntries([...ends].map(([topic, end]) => [topic, (end as { status: string }).status]));
  expect(statuses(calm)).toEqual(wanted);
  expect(Object.fromEntries(stormy.ends)).toEqual(Object.fromEntries(calm.ends));

  const expected = new Map(
    plan.flatMap(({ topic, calls }) =>
      Object.entries(calls).map(([step, count]) => [`${topic} ${step}`, count] as const),
    ),
  );
  expect(sumOf(calm.calls)).toBe(sumOf(expected));
  for (const outcome of [calm, stormy]) expect(outcome.askedAgain).toEqual([]);

  const results = plan.reduce((sum, planned) => sum + planned.results, 0);
  for (const { objects } of [calm, stormy]) {
    expect(objects.size).toBe(results);
    expect([...objects.values()].filter(({ versions }) => versions !== 1)).toEqual([]);
  }
  expect(textsOf(stormy)).toEqual(textsOf(calm));

  const sent = stage.eventBridge.events.slice(before);
  const seen = new Map<string, number>();
  const repeats = new Map<string, string>();
  for (const { type, detail } of sent) {
    const known = repeats.get(detail.id);
    if (known !== undefined) {
      expect(known).toBe(type);
      continue;
    }
    repeats.set(detail.id, type);
    const last = seen.get(detail.workflowId) ?? 0;
    expect(detail.sequence, `event after ${last} of ${detail.workflowId}`).toBe(last + 1);
    seen.set(detail.workflowId, detail.sequence);
  }
  expect(seen.size).toBe(plan.length);
  expect([...repeats.values()].filter((type) => type === "ApprovalDecided")).toHaveLength(
    plan.filter(({ fate }) => fate !== "hopeless").length,
  );

  expect(stormy.frozen.length).toBeGreaterThan(0);
  expect(stormy.exits).toEqual(Array.from({ length: replicas }, () => 0));
  const again = sumOf(stormy.calls) - sumOf(expected);
  expect(again).toBeLessThanOrEqual((kills + 1) * concurrency);
  process.stdout.write(
    `CHAOS_SEED=${seed}: ${plan.length} workflows, ${kills} kills, 1 freeze (${stormy.frozen.length} workflows in hand): ` +
      `${again} of ${sumOf(stormy.calls)} model calls were repeats, ${sent.length - repeats.size} of ${sent.length} events; ` +
      `${stage.eventBridge.refused} refusals by EventBridge; ${calm.seconds} s undisturbed, ${stormy.seconds} s disturbed\n`,
  );
});

const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const textsOf = ({ objects }: Outcome): string[] => [...objects.values()].map(({ text }) => text).sort();
