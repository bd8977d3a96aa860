import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Explorer } from "./explorer.ts";
import { type LifeName, lives } from "./life.ts";
import { formatPlan, type Plan, parsePlan, plansFor } from "./plan.ts";
import type { Traced } from "./play.ts";

const usage = `npm run explore -- [options]
  --plans N        how many plans to play (default 200)
  --minutes M      stop after so long (default: when all are played)
  --seed S         of the row of plans (default: by chance; it is printed)
  --lives a,b      of ${lives.join(", ")} (default: all)
  --workers W      processes (default: one for each core)
  --replay PLAN    play one plan, as a report names it, and show its writes`;

interface Report {
  readonly plan: Plan;
  readonly violations: readonly string[];
  readonly tookMs: number;
}

const { values } = parseArgs({
  options: {
    plans: { type: "string", default: "200" },
    minutes: { type: "string" },
    seed: { type: "string" },
    lives: { type: "string", default: lives.join(",") },
    workers: { type: "string", default: String(availableParallelism()) },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else process.exitCode = await (values.replay === undefined ? explore() : replay(parsePlan(values.replay)));
process.exit();

async function explore(): Promise<number> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const wanted = Number(values.plans);
  const deadline =
    values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000;
  const explorer = new Explorer();
  const names = values.lives.split(",") as LifeName[];
  const writes = new Map<LifeName, readonly Traced[]>();
  for (const name of names) writes.set(name, (await explorer.reference(name)).writes);
  console.log(
    `seed ${seed}; writes of a life: ${names.map((name) => `${name} ${writes.get(name)?.length}`).join(", ")}`,
  );
  const plans = plansFor(writes, seed);
  const began = Date.now();
  let dealt = 0;
  const slow: Report[] = [];
  const failed: Report[] = [];
  const next = (): Plan | undefined => {
    if (dealt >= wanted || Date.now() > deadline) return undefined;
    dealt += 1;
    return plans.next().value as Plan;
  };
  await Promise.all(
    Array.from({ length: Number(values.workers) }, () =>
      work(next, (report) => {
        slow.push(report);
        slow.sort((a, b) => b.tookMs - a.tookMs).splice(5);
        if (report.violations.length === 0) return;
        failed.push(report);
        console.log([formatPlan(report.plan), ...report.violations.slice(0, 12)].join("\n    "));
      }),
    ),
  );
  const seconds = (Date.now() - began) / 1000;
  console.log(`${dealt} plans in ${seconds.toFixed(0)} s, ${failed.length} with violations`);
  for (const { plan, tookMs } of slow)
    console.log(`slow: ${Math.round(tookMs / 1000)} s of the world's time, ${formatPlan(plan)}`);
  return failed.length > 0 ? 1 : 0;
}

/** Has one process play plan after plan until there is none. */
function work(next: () => Plan | undefined, tell: (report: Report) => void): Promise<void> {
  const worker = fork(new URL("worker.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    const go = (): void => {
      const plan = next();
      if (plan) worker.send(plan);
      else worker.kill();
    };
    worker.on("message", (report: Report) => {
      tell(report);
      go();
    });
    worker.on("exit", (code, signal) => (code ? reject(new Error(`a worker ended: ${code ?? signal}`)) : resolve()));
    go();
  });
}

async function replay(plan: Plan): Promise<number> {
  const { violations, trace, log } = await new Explorer().play(plan);
  const width = String(trace.length).length;
  for (const [index, { at, by, service, action, faults }] of trace.entries()) {
    const struck = faults ? `   <-- ${faults.join(", ")}` : "";
    console.log(
      `${String(index + 1).padStart(width)} ${(at / 1000).toFixed(2).padStart(8)} s  ${by}  ${service}:${action}${struck}`,
    );
  }
  for (const line of log) console.log(line);
  for (const violation of violations) console.log(violation);
  return violations.length > 0 ? 1 : 0;
}
