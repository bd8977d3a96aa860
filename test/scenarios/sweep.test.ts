import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWorld, type SimulatedAws, VirtualClock } from "../simulator/index.ts";
import { script } from "../simulator/script.ts";
import {
  example,
  isReady,
  type Running,
  type Store,
  startOperator,
  storeWithSecrets,
  until,
} from "../support/platform.ts";

const INTERVAL_MS = 60_000;
/** Secrets Manager's list may be behind for so long, so that what was written is read one by one until then. */
const SETTLED_MS = 5 * 60_000;

// Three platforms are made, and ten minutes of their life goes by.
vi.setConfig({ testTimeout: 90_000 });

let clock: VirtualClock;
let aws: SimulatedAws;
let store: Store;
let running: Running;

beforeEach(() => {
  clock = new VirtualClock();
  aws = createWorld({ clock, latencyMs: 80 });
  script(aws).image("ghcr.io/*", { kind: "works" });
  store = storeWithSecrets(clock);
  running = startOperator({ aws, store, clock, intervalMs: INTERVAL_MS });
});

afterEach(async () => {
  await running.stop();
  expect(aws.failures).toEqual([]);
});

/** The reference case with images of a registry elsewhere, as often as AWS's default quotas let it. */
async function platforms(count: number): Promise<number> {
  const declared = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      example("dev.yaml", ({ metadata, spec }) => {
        metadata.name = `platform-${index}`;
        spec.project = `platform-${index}`;
        (spec.network as Record<string, unknown>).natGateways = "Single";
        const agents = spec.agents as { name: string; image?: object }[];
        for (const agent of agents) agent.image = { repository: `ghcr.io/example/${agent.name}`, tag: "1" };
      }),
    ),
  );
  for (const platform of declared) store.cluster.create(platform);
  for (const platform of declared) await until(store, clock, platform, isReady);
  const resources = declared.map((platform) => store.cluster.get(platform)?.status?.resources?.length ?? 0);
  await clock.sleep(SETTLED_MS + INTERVAL_MS);
  aws.calls.clear();
  return resources.reduce((sum, each) => sum + each, 0);
}

test("a look at everything writes nothing, and costs less than 0.4 reads for each resource of three platforms", async () => {
  const resources = await platforms(3);
  expect(resources).toBeGreaterThan(3 * 50);
  await clock.sleep(5 * INTERVAL_MS);
  expect(aws.calls.byAction({ write: true })).toEqual({});
  const reads = aws.calls.count() / 5 / resources;
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThan(0.4);
});

test("platforms share the reads that AWS answers for several resources at once", async () => {
  await platforms(3);
  await clock.sleep(5 * INTERVAL_MS);
  for (const action of [
    "DescribeSubnets",
    "DescribeNatGateways",
    "DescribeSecurityGroupRules",
    "DescribeDBInstances",
  ]) {
    expect(aws.calls.count({ action }), action).toBe(5);
  }
});

test("a restart with everything Ready writes nothing, and reads nothing before a platform's turn", async () => {
  await platforms(1);
  await running.stop();
  aws.calls.clear();
  await clock.sleep(INTERVAL_MS - (clock.now() % INTERVAL_MS) + INTERVAL_MS / 2);
  running = startOperator({ aws, store, clock, intervalMs: INTERVAL_MS });
  await clock.sleep(INTERVAL_MS / 2 - 1_000);
  expect(aws.calls.byAction()).toEqual({});
  await clock.sleep(2 * INTERVAL_MS);
  expect(aws.calls.count({ action: "DescribeSubnets" })).toBe(2);
  expect(aws.calls.byAction({ write: true })).toEqual({});
});
