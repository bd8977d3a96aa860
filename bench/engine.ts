import { isReady } from "../test/support/platform.ts";
import { criticalPath, withinRates } from "./critical-path.ts";
import type { Figure } from "./figures.ts";
import { type Fleet, INTERVAL_MS, type Platform, platforms, startFleet } from "./fleet.ts";
import { measureResources, type ResourceTimes } from "./resource-times.ts";

/** Sweeps over which reads are averaged. */
const SWEEPS = 10;
/** Virtual time within which every platform is Ready, or the benchmark fails. */
const LONGEST_MS = 3 * 3600 * 1000;

export interface EngineRun {
  readonly counts: readonly number[];
  /** Whether to measure sweeps too. */
  readonly sweeps: boolean;
  readonly log: (line: string) => void;
}

/**
 * The engine in this process, with AWS simulated on virtual time: how long it takes beside the shortest way through the
 * graph, and what it asks AWS for.
 */
export async function measureEngine({ counts, sweeps, log }: EngineRun): Promise<readonly Figure[]> {
  const [one] = await platforms(1);
  if (!one) return [];
  const times = await measureResources(one);
  log(
    `critical path of the graph: ${(criticalPath(times.work) / 1000).toFixed(0)} s through ${times.work.length} resources`,
  );
  const figures: Figure[] = [];
  for (const count of counts) {
    const declared = await platforms(count);
    const fleet = startFleet();
    try {
      const created = await create(fleet, declared, times);
      figures.push(...created.figures);
      log(created.told);
      if (sweeps) figures.push(...(await sweep(fleet, declared, times.work.length)));
    } finally {
      await fleet.stop();
    }
    const [failure] = fleet.aws.failures;
    if (failure) throw failure;
  }
  return figures;
}

async function create(
  { aws, clock, store }: Fleet,
  declared: readonly Platform[],
  { work, rateOf }: ResourceTimes,
): Promise<{ readonly figures: readonly Figure[]; readonly told: string }> {
  const began = clock.now();
  for (const platform of declared) store.cluster.create(platform);
  const readyAt: number[] = [];
  for (let open = declared; open.length > 0; await clock.sleep(200)) {
    const ready = open.filter((platform) => isReady(store.cluster.get(platform)));
    for (const _ of ready) readyAt.push(clock.now() - began);
    open = open.filter((platform) => !ready.includes(platform));
    if (clock.now() - began > LONGEST_MS) throw new Error(`${open.length} platforms do not get Ready`);
  }
  // The build pipeline's calls are its own.
  const calls = aws.calls.count() - aws.calls.count({ action: "PutImage" });
  const writes = aws.calls.count({ write: true }) - aws.calls.count({ action: "PutImage" });
  const resources = work.length * declared.length;
  const shortest = criticalPath(work);
  const possible = withinRates(work, declared.length, rateOf);
  const [median, last] = [middle(readyAt), Math.max(...readyAt)];
  const name = `${declared.length} ${declared.length === 1 ? "platform" : "platforms"}`;
  const figures: Figure[] = [
    figure(`${name}: time to Ready, median, over the critical path`, median / shortest, "", 1.1),
    figure(`${name}: time to Ready, last, over the critical path`, last / shortest, "", 1.1),
    ...(declared.length > 1
      ? [
          figure(
            `${name}: time to Ready, last, over what AWS's request rates allow`,
            last / Math.max(...possible),
            "",
            1.1,
          ),
        ]
      : []),
    figure(`${name}: AWS calls to create, per resource`, calls / resources, "calls"),
    figure(`${name}: AWS writes to create, per resource`, writes / resources, "calls"),
  ];
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
  const told = `${name}: Ready after ${seconds(median)} (median) and ${seconds(last)} (last); the critical path is ${seconds(shortest)}, with AWS's request rates ${seconds(middle(possible))} and ${seconds(Math.max(...possible))}`;
  return { figures, told };
}

/** Nothing changes: what a look at everything costs, averaged over ten of them, from five intervals after Ready on. */
async function sweep(
  { aws, clock, passes }: Fleet,
  declared: readonly Platform[],
  resourcesEach: number,
): Promise<readonly Figure[]> {
  // Secrets that were written are read one by one for five minutes (Secrets Manager API reference, ListSecrets).
  await clock.sleep(5 * INTERVAL_MS + INTERVAL_MS / 2);
  aws.calls.clear();
  const passesBefore = passes();
  await clock.sleep(SWEEPS * INTERVAL_MS);
  const name = `${declared.length} ${declared.length === 1 ? "platform" : "platforms"}`;
  const resources = resourcesEach * declared.length;
  const reads = aws.calls.count({ write: false }) / SWEEPS / resources;
  const made = (passes() - passesBefore) / declared.length;
  if (made !== SWEEPS) throw new Error(`${made} passes for each platform in ${SWEEPS} intervals`);
  return [
    figure(`${name}: AWS writes per no-op sweep`, aws.calls.count({ write: true }) / SWEEPS, "calls", 0),
    figure(`${name}: AWS reads per no-op sweep and resource`, reads, "calls", declared.length >= 10 ? 0.5 : undefined),
  ];
}

function figure(name: string, value: number, unit: string, goal?: number): Figure {
  return { name, value, unit, goal, better: "lower" };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
