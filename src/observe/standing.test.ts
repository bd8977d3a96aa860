import { expect, test } from "vitest";
import { Standing } from "./standing.ts";

test("what stands is told when it begins, and again after ten minutes", () => {
  const standing = new Standing();
  expect([...standing.due(["a"], 0)]).toEqual(["a"]);
  expect([...standing.due(["a", "b"], 1_000)]).toEqual(["b"]);
  expect([...standing.due(["a", "b"], 600_000)]).toEqual(["a"]);
  expect([...standing.due(["a", "b"], 601_000)]).toEqual(["b"]);
});

test("what stood no more and begins again is told again", () => {
  const standing = new Standing();
  standing.due(["a"], 0);
  standing.due([], 1_000);
  expect([...standing.due(["a"], 2_000)]).toEqual(["a"]);
});
