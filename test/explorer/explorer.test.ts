import { expect, test } from "vitest";
import { Explorer } from "./explorer.ts";
import { type LifeName, lives } from "./life.ts";
import { formatPlan, plansFor } from "./plan.ts";
import type { Traced } from "./play.ts";

const plans = Number(process.env.EXPLORER_PLANS ?? 12);
const seed = Number(process.env.EXPLORER_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Lives to draw from: those that are short, unless many plans are asked for. */
const names: readonly LifeName[] = plans > 100 ? lives : ["small", "files"];

test(`${plans} lives with faults by chance (EXPLORER_SEED=${seed}) end as undisturbed ones do`, {
  timeout: 60_000 + plans * 10_000,
}, async () => {
  console.log(`EXPLORER_SEED=${seed} EXPLORER_PLANS=${plans}`);
  const explorer = new Explorer();
  const writes = new Map<LifeName, readonly Traced[]>();
  for (const name of names) writes.set(name, (await explorer.reference(name)).writes);
  const row = plansFor(writes, seed);
  const bad: string[] = [];
  for (let count = 0; count < plans; count++) {
    const plan = row.next().value;
    const { violations } = await explorer.play(plan);
    if (violations.length > 0) bad.push([formatPlan(plan), ...violations].join("\n  "));
  }
  expect(bad.join("\n"), "see: npm run explore -- --replay PLAN").toBe("");
});
