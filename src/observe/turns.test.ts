import { expect, test } from "vitest";
import { turnAfter, untilNextLook } from "./turns.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1, 12, 0, 10);
const keys = Array.from({ length: 128 }, (_, index) => `agents/platform-${index}`);

test("a few objects have their turns together, at whole intervals", () => {
  const turns = keys.slice(0, 20).map((key) => turnAfter(NOW, { key, objects: 20, intervalMs: MINUTE }));
  expect(new Set(turns)).toEqual(new Set([Date.UTC(2026, 0, 1, 12, 1, 0)]));
});

test("many objects have their turns in groups that are spread over the interval", () => {
  const turns = keys.map((key) => turnAfter(NOW, { key, objects: 128, intervalMs: MINUTE }) % MINUTE);
  expect([...new Set(turns)].sort((a, b) => a - b)).toEqual([0, 15_000, 30_000, 45_000]);
});

test("one turn follows another by exactly the interval", () => {
  for (const key of keys) {
    const of = { key, objects: 128, intervalMs: MINUTE };
    const first = turnAfter(NOW, of);
    expect(turnAfter(first, of)).toBe(first + MINUTE);
    expect(turnAfter(first + 1_500, of)).toBe(first + MINUTE);
  }
});

test("no turn comes sooner than half an interval, or later than one and a half", () => {
  for (let since = NOW; since < NOW + MINUTE; since += 977) {
    for (const key of keys) {
      const wait = turnAfter(since, { key, objects: 128, intervalMs: MINUTE }) - since;
      expect(wait).toBeGreaterThanOrEqual(MINUTE / 2);
      expect(wait).toBeLessThan(1.5 * MINUTE);
    }
  }
});

test("what was never looked at has its turn at once", () => {
  expect(turnAfter(Number.NEGATIVE_INFINITY, { key: "a/b", objects: 1, intervalMs: MINUTE })).toBeLessThan(NOW);
});

test("looks fall on the same moments, whenever a pass ended", () => {
  expect(NOW + 1 + untilNextLook(NOW + 1, 5_000)).toBe(NOW + 5_000);
  expect(NOW + 4_999 + untilNextLook(NOW + 4_999, 5_000)).toBe(NOW + 5_000);
  expect(untilNextLook(NOW, 5_000)).toBe(5_000);
});
