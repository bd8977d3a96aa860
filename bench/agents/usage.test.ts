import { describe, expect, it } from "vitest";
import { cpuMsOf, medianOf, memoryOf } from "./usage.ts";

describe("what a process uses", () => {
  it("is the CPU time that Node itself counts", async () => {
    const until = performance.now() + 150;
    while (performance.now() < until) Math.sqrt(2);
    const { user, system } = process.cpuUsage();
    const seen = await cpuMsOf(process.pid);
    // The kernel counts in ticks of 10 ms, and more may have passed between the two looks.
    expect(Math.abs(seen - (user + system) / 1_000)).toBeLessThan(150);
    expect(seen).toBeGreaterThan(100);
  });

  it("is the memory that Node itself sees, and its peak is not below", async () => {
    const { now, peak } = await memoryOf(process.pid);
    expect(Math.abs(now / process.memoryUsage.rss() - 1)).toBeLessThan(0.2);
    expect(peak).toBeGreaterThanOrEqual(now);
  });
});

it("the median is the middle, or the mean of the two in the middle", () => {
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([4, 1, 9, 2])).toBe(3);
  expect(medianOf([7])).toBe(7);
  expect(() => medianOf([])).toThrow();
});
