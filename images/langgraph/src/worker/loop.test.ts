import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "@agentorchestrator/shared";
import { expect, it } from "vitest";
import { Loop } from "./loop.ts";

const HOUR = 3_600_000;
const lines: string[] = [];
const log = createLog({ agent: "test", level: "warn" }, { write: (line) => void lines.push(line) });

it("goes on at once while there is more, then waits to be woken", async () => {
  let left = 3;
  let runs = 0;
  const loop = new Loop("working", HOUR, log, async () => {
    runs += 1;
    left -= 1;
    return left > 0;
  });
  loop.start();
  await expect.poll(() => runs).toBe(3);
  loop.wake();
  await expect.poll(() => runs).toBe(4);
  await sleep(20);
  expect(runs).toBe(4);
  await loop.stop();
});

it("does not miss who wakes it while it works", async () => {
  let runs = 0;
  const loop = new Loop("working", HOUR, log, async () => {
    runs += 1;
    if (runs === 1) loop.wake();
    return false;
  });
  loop.start();
  await expect.poll(() => runs).toBe(2);
  await loop.stop();
});

it("tells an error and repeats no faster than its time, however often it is woken", async () => {
  let runs = 0;
  const loop = new Loop("working", 60, log, async () => {
    runs += 1;
    throw new Error("down");
  });
  loop.start();
  for (let index = 0; index < 20; index += 1) {
    loop.wake();
    await sleep(5);
  }
  await loop.stop();
  expect(runs).toBeGreaterThanOrEqual(2);
  expect(runs).toBeLessThanOrEqual(6);
  expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ level: "warn", msg: "working failed and is repeated" });
});

it("stops when the work in hand has ended, which is told to stop", async () => {
  let ended = false;
  const loop = new Loop("working", HOUR, log, async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await sleep(10);
    ended = true;
    return true;
  });
  loop.start();
  await sleep(5);
  await loop.stop();
  expect(ended).toBe(true);
  const idle = new Loop("idling", HOUR, log, async () => false);
  idle.start();
  await sleep(5);
  await idle.stop();
});
