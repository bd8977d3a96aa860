import { expect, it } from "vitest";
import { meaningOf, sameVersion } from "./instance-status.ts";

it.each<[string, string | undefined, boolean]>([
  ["15", "15.10", true],
  ["15", "15", true],
  ["15.10", "15.10", true],
  ["1", "15.10", false],
  ["15.1", "15.10", false],
  ["16", "15.10", false],
  ["15.10", "15.9", false],
  ["15", undefined, false],
])("version %s is met by %s: %s", (desired, live, same) => {
  expect(sameVersion(desired, live)).toBe(same);
});

it("is ready while storage is optimized or a backup runs, which takes hours and does not disturb", () => {
  for (const status of ["available", "storage-optimization", "backing-up"]) {
    expect(meaningOf(status, [])).toEqual({ phase: "ready" });
  }
});

it("names what it is about to change when the change has not begun", () => {
  expect(meaningOf("available", ["DBInstanceClass", "MultiAZ"])).toEqual({
    phase: "progressing",
    message: "RDS is about to change DBInstanceClass, MultiAZ",
  });
});

it("tells what to do about a status that no waiting mends", () => {
  expect(meaningOf("storage-full", [])).toMatchObject({
    phase: "failed",
    message: expect.stringContaining("maxStorage"),
  });
  expect(meaningOf("incompatible-parameters", [])).toMatchObject({ phase: "failed" });
});

it("takes a status that it does not know for progress", () => {
  expect(meaningOf("configuring-teleport", [])).toEqual({
    phase: "progressing",
    message: "DB instance is configuring-teleport",
  });
});
