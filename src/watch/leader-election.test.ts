import { expect, test } from "vitest";
import { settle, VirtualClock } from "../../test/support/virtual-clock.ts";
import { ConflictError } from "../kube/errors.ts";
import { LeaderElector } from "./leader-election.ts";
import type { Lease, LeaseStore } from "./lease.ts";

/** One lease, and the state of the network between it and each process. */
class Leases {
  lease: Lease | undefined;
  #version = 0;

  /** The view of one process. `network` may reject, or never answer. */
  view(network: () => Promise<void>): LeaseStore {
    return {
      read: async () => {
        await network();
        return this.lease;
      },
      write: async (lease) => {
        await network();
        if (lease.resourceVersion !== (this.lease?.resourceVersion ?? "")) throw new ConflictError("lease has changed");
        this.lease = { ...lease, resourceVersion: String(++this.#version) };
        return this.lease;
      },
    };
  }
}

function fixture() {
  const clock = new VirtualClock();
  const leases = new Leases();
  const start = (identity: string) => {
    const process = {
      network: async () => {},
      stop: new AbortController(),
      ended: "",
      led: false,
      working: Promise.resolve(),
    };
    const elector = new LeaderElector({
      leases: leases.view(() => process.network()),
      identity,
      clock,
      random: () => 0,
    });
    const lead = async (leading: AbortSignal) => {
      process.led = true;
      await new Promise<void>((resolve) => leading.addEventListener("abort", () => resolve(), { once: true }));
      await process.working;
    };
    void elector.run(process.stop.signal, lead).then((end) => {
      process.ended = end;
    });
    return Object.assign(process, { isLeader: () => elector.isLeader() });
  };
  return { clock, leases, start };
}

test("the first leads, the second waits as long as the first renews", async () => {
  const { clock, leases, start } = fixture();
  const first = start("first");
  await settle();
  const second = start("second");
  await clock.advance(120_000);
  expect([first.isLeader(), second.isLeader()]).toEqual([true, false]);
  expect(leases.lease).toMatchObject({ holder: "first", durationSeconds: 15, transitions: 0 });
});

test("a released lease is taken at the next attempt", async () => {
  const { clock, leases, start } = fixture();
  const first = start("first");
  await settle();
  const second = start("second");
  await clock.advance(10_000);
  first.stop.abort();
  await clock.advance(2_000);
  expect(first.ended).toBe("stopped");
  expect([first.isLeader(), second.isLeader()]).toEqual([false, true]);
  expect(leases.lease).toMatchObject({ holder: "second", transitions: 1 });
});

test("the lease is kept until the work has come to its end, however long that takes", async () => {
  const { clock, start } = fixture();
  const first = start("first");
  await settle();
  const second = start("second");
  let finish = () => {};
  first.working = new Promise((resolve) => {
    finish = resolve;
  });
  first.stop.abort();
  await clock.advance(60_000);
  expect([first.isLeader(), second.isLeader(), first.ended]).toEqual([true, false, ""]);
  finish();
  await clock.advance(2_000);
  expect([first.ended, second.isLeader()]).toEqual(["stopped", true]);
});

test.each([
  ["refuses", async () => Promise.reject(new Error("refused"))],
  ["is silent", () => new Promise<void>(() => {})],
])(
  "two never lead while the server %s for the first, which gives up before the second takes over",
  async (_, network) => {
    const { clock, start } = fixture();
    const first = start("first");
    await settle();
    const second = start("second");
    await clock.advance(60_000);
    first.network = network;
    let handover = 0;
    for (let ms = 0; ms < 30_000; ms += 100) {
      await clock.advance(100);
      expect(first.isLeader() && second.isLeader()).toBe(false);
      if (!first.isLeader() && !second.isLeader()) handover += 100;
    }
    expect([first.ended, second.isLeader()]).toEqual(["lost", true]);
    expect(handover).toBeGreaterThan(0);
    expect(handover).toBeLessThanOrEqual(10_000);
  },
);

test("a process that was stopped for long does not believe that it leads when it goes on", async () => {
  const { clock, start } = fixture();
  const first = start("first");
  await settle();
  first.network = () => new Promise<void>(() => {});
  await clock.advance(10_000);
  expect(first.isLeader()).toBe(false);
  expect(first.ended).toBe("lost");
});

test("a lease that another process took is lost at once", async () => {
  const { clock, leases, start } = fixture();
  const first = start("first");
  await clock.advance(5_000);
  leases.lease = { ...(leases.lease ?? expect.fail()), holder: "thief", resourceVersion: "stolen" };
  await clock.advance(2_000);
  expect([first.isLeader(), first.ended]).toEqual([false, "lost"]);
});
