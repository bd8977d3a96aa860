import { expect, it } from "vitest";
import type { Constraints } from "./constraints.ts";
import { violationsOf } from "./violations.ts";

const constraints: Constraints = {
  botocore: "0",
  operations: { Put: "Input", Free: null },
  shapes: {
    Input: {
      type: "structure",
      required: ["Name"],
      members: { Name: "Name", Tags: "Tags", Kind: "Kind", Count: "Count", Options: "Options", Password: "Password" },
    },
    Name: { type: "string", pattern: "[a-z]+|[0-9]+", min: 2, max: 4 },
    Tags: { type: "list", item: "Tag", max: 2 },
    Tag: { type: "structure", required: ["Key"] },
    Kind: { type: "string", enum: ["a", "b"] },
    Count: { type: "number", min: 1, max: 9 },
    Options: { type: "map", key: "Kind", value: "Count" },
    Password: { type: "string", min: 8, sensitive: true },
  },
};
const rules = (input: object) =>
  violationsOf(constraints, "Put", input).map(({ path, rule, counts }) => `${path.join(".")} ${rule} ${counts ?? ""}`);

it("an input within its constraints has no violation", () => {
  const input = { Name: "abc", Tags: [{ Key: "k" }], Kind: "a", Count: 9, Options: { b: 1 }, Password: "long enough" };
  expect(rules(input)).toEqual([]);
  expect(violationsOf(constraints, "Free", { anything: 1 })).toEqual([]);
});

it("each constraint that is broken is told with where", () => {
  expect(rules({})).toEqual(["Name required "]);
  expect(rules({ Name: "abcde" })).toEqual(["Name max length"]);
  expect(rules({ Name: "ab1" })).toEqual(["Name pattern "]);
  expect(rules({ Name: "ab", Tags: [{ Key: "k" }, {}, { Key: "k" }] })).toEqual([
    "Tags max length",
    "Tags.2.Key required ",
  ]);
  expect(rules({ Name: "ab", Kind: "c", Count: 0 })).toEqual(["Kind enum ", "Count min value"]);
  expect(rules({ Name: "ab", Options: { c: 10 } })).toEqual(["Options.c enum ", "Options.c max value"]);
});

it("a sensitive value is marked, so that it is not printed", () => {
  expect(violationsOf(constraints, "Put", { Name: "ab", Password: "short" })[0]?.sensitive).toBe(true);
});
