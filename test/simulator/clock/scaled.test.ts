import { expect, it } from "vitest";
import { ScaledClock } from "./scaled.ts";

it("a scaled clock runs effects in order of time, as many times faster as it is told", async () => {
  const clock = new ScaledClock(1000);
  const began = clock.now();
  const seen: string[] = [];
  clock.after(20_000, () => seen.push("second"));
  clock.after(10_000, () => seen.push("first"));
  await clock.sleep(60_000);
  expect(seen).toEqual(["first", "second"]);
  const passed = clock.now() - began;
  expect(passed).toBeGreaterThanOrEqual(59_000);
});
