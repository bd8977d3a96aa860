import { describe, expect, it } from "vitest";
import type { VirtualClock } from "./clock/virtual.ts";
import { SimulatedWorld, type WorldOptions } from "./simulated-world.ts";

const where = { account: "111111111111", region: "us-east-1" };
const facts = { durations: { "x.create": { seconds: 10, source: "a test" } }, quotas: { "x.most": 5 } };
const worldOf = (options: WorldOptions = {}) => new SimulatedWorld(facts, options);
const advance = (world: SimulatedWorld, ms: number) => (world.time as VirtualClock).advance(ms);

interface Row {
  state: string;
  readonly tags: { name: string }[];
}
const rows = (world: SimulatedWorld) => world.table<Row>(where, "x.rows");

describe("a table", () => {
  it("shows what is there at once when the world has no lag", () => {
    const table = rows(worldOf());
    table.put("a", { state: "new", tags: [] });
    table.put("b", { state: "new", tags: [] });
    table.change("a", (row) => {
      row.state = "ready";
    });
    table.remove("b");
    expect(table.shownAll()).toEqual([{ state: "ready", tags: [] }]);
    expect(table.shown("b")).toBeUndefined();
  });

  it("shows writes later in a world with a lag, though rules see them at once", async () => {
    const world = worldOf({ consistencyLagMs: 1000 });
    const table = rows(world);
    table.put("a", { state: "new", tags: [] });
    expect(table.get("a")?.state).toBe("new");
    expect(table.shown("a")).toBeUndefined();
    expect(table.shownAll()).toEqual([]);
    await advance(world, 1000);
    expect(table.shownAll()).toHaveLength(1);

    table.change("a", (row) => {
      row.state = "ready";
      row.tags.push({ name: "t" });
    });
    expect(table.shown("a")).toEqual({ state: "new", tags: [] });
    table.remove("a");
    expect(table.get("a")).toBeUndefined();
    expect(table.shownAll()).toEqual([{ state: "new", tags: [] }]);
    await advance(world, 2000);
    expect(table.shownAll()).toEqual([]);
  });

  it("shows no later write before an earlier one", async () => {
    const world = worldOf({ consistencyLagMs: 1000, seed: 7 });
    const table = rows(world);
    const order = ["0", "1", "2", "3", "4"];
    table.put("a", { state: "0", tags: [] });
    for (const state of order.slice(1)) {
      await advance(world, 100);
      table.change("a", (row) => {
        row.state = state;
      });
    }
    const seen: string[] = [];
    for (let step = 0; step < 30; step++) {
      seen.push(table.shown("a")?.state ?? "");
      await advance(world, 50);
    }
    expect(seen).toEqual([...seen].sort());
    expect(seen.at(-1)).toBe("4");
  });

  it("can be read as it was some time ago", async () => {
    const world = worldOf();
    const table = rows(world);
    table.put("a", { state: "new", tags: [] });
    await advance(world, 500);
    expect(world.stale(2000, () => table.shown("a"))).toBeUndefined();
    expect(world.stale(100, () => table.shown("a"))).toBeDefined();
    expect(table.shown("a")).toBeDefined();
  });

  it("belongs to one account and region", () => {
    const world = worldOf();
    rows(world).put("a", { state: "new", tags: [] });
    expect(world.table({ ...where, region: "eu-west-1" }, "x.rows").all()).toEqual([]);
    expect(world.counts(where.account)).toEqual({ "x.rows": 1 });
  });
});

describe("a world", () => {
  it("makes the same ids for the same seed, and others for another", () => {
    const [one, again, other] = [worldOf({ seed: 1 }), worldOf({ seed: 1 }), worldOf({ seed: 2 })].map((world) =>
      world.id("vpc"),
    );
    expect(one).toMatch(/^vpc-0[0-9a-f]{16}$/);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it("knows durations in milliseconds, spreads them on demand and refuses names that it does not know", () => {
    expect(worldOf().duration("x.create")).toBe(10_000);
    expect(worldOf({ durations: { "x.create": 1 } }).duration("x.create")).toBe(1000);
    const spread = worldOf({ spread: 0.2 });
    const drawn = Array.from({ length: 50 }, () => spread.duration("x.create"));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(8000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(12_000);
    expect(new Set(drawn).size).toBeGreaterThan(10);
    expect(() => worldOf().duration("y.create")).toThrow("no duration y.create");
    expect(() => worldOf({ quotas: { "y.most": 1 } })).toThrow("no quota y.most");
  });

  it("drops effects that are on their way when it is reset", async () => {
    const world = worldOf();
    let ran = false;
    world.clock.after(10, () => {
      ran = true;
    });
    world.reset();
    await advance(world, 100);
    expect(ran).toBe(false);
  });

  it("keeps what an effect throws, for a test to see, and goes on", async () => {
    const world = worldOf();
    let ran = false;
    world.clock.after(10, () => {
      throw new Error("a mistake");
    });
    world.clock.after(20, () => {
      ran = true;
    });
    await advance(world, 100);
    expect(ran).toBe(true);
    expect(world.failures.map((failure) => failure.message)).toEqual(["a mistake"]);
  });
});
