import { describe, expect, it } from "vitest";
import { VIRTUAL_START, VirtualClock } from "./virtual.ts";

describe("a virtual clock", () => {
  it("takes hours in no time, and wakes sleepers in order of time", async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.now() - VIRTUAL_START}`);
    };
    await Promise.all([sleep("night", 8 * 3_600_000), sleep("minute", 60_000), sleep("second", 1000)]);
    expect(woken).toEqual(["second at 1000", "minute at 60000", "night at 28800000"]);
  });

  it("runs effects of the world at their moment, those of the same moment in the order in which they were set", async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.after(50, () => {
      seen.push(`b ${clock.now() - VIRTUAL_START}`);
      clock.after(25, () => seen.push(`d ${clock.now() - VIRTUAL_START}`));
    });
    clock.after(50, () => seen.push(`c ${clock.now() - VIRTUAL_START}`));
    clock.after(10, () => seen.push(`a ${clock.now() - VIRTUAL_START}`));
    clock.after(101, () => seen.push("too late"));
    await clock.advance(100);
    expect(seen).toEqual(["a 10", "b 50", "c 50", "d 75"]);
    expect(clock.now()).toBe(VIRTUAL_START + 100);
  });

  it("lets everybody act at one moment before it goes on to the next", async () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const worker = async (name: string, step: number) => {
      for (let turn = 0; turn < 3; turn++) {
        await clock.sleep(step);
        for (let hop = 0; hop < 20; hop++) await Promise.resolve();
        await new Promise(setImmediate);
        log.push(`${clock.now() - VIRTUAL_START} ${name}`);
      }
    };
    await Promise.all([worker("a", 10), worker("b", 15)]);
    expect(log).toEqual(["10 a", "15 b", "20 a", "30 b", "30 a", "45 b"]);
  });

  it("stands still while somebody is busy with something real", async () => {
    const clock = new VirtualClock();
    const done = clock.busy();
    let woken = false;
    const sleeper = clock.sleep(10).then(() => {
      woken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(woken).toBe(false);
    done();
    await sleeper;
    expect(clock.now()).toBe(VIRTUAL_START + 10);
  });

  it("does not move for effects alone", async () => {
    const clock = new VirtualClock();
    let ran = false;
    clock.after(10, () => {
      ran = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ran).toBe(false);
    expect(clock.now()).toBe(VIRTUAL_START);
  });

  it("wakes a sleeper early when its signal aborts, without moving time", async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const release = clock.busy();
    const sleeper = clock.sleep(1000, controller.signal);
    controller.abort();
    await sleeper;
    release();
    expect(clock.now()).toBe(VIRTUAL_START);
  });

  it("keeps thousands of timers in order", async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    for (let index = 0; index < 20_000; index++) {
      clock.after((index * 7919) % 10_007, () => fired.push(clock.now() - VIRTUAL_START));
    }
    await clock.advance(10_007);
    expect(fired).toHaveLength(20_000);
    expect(fired).toEqual([...fired].sort((a, b) => a - b));
  });
});
