import { expect, test } from "vitest";
import { type Owner, ownership, ownerTags, resourceTags, tagKeys } from "./tags.ts";

const owner: Owner = { cluster: "c-1", owner: "agents/dev", uid: "u-1" };

test("a resource with all owner tags is ours", () => {
  expect(ownership(ownerTags(owner, "vpc"), owner)).toBe("ours");
});

test.each([
  ["previousIncarnation", { uid: "u-0" }],
  ["otherCluster", { cluster: "c-2" }],
  ["otherCluster", { cluster: "c-2", uid: "u-2" }],
  ["foreign", { owner: "agents/prod" }],
] as const)("a resource is %s when its tags differ in %o", (whose, other) => {
  expect(ownership(ownerTags({ ...owner, ...other }, "vpc"), owner)).toBe(whose);
});

test("a resource without tags is foreign", () => {
  expect(ownership(undefined, owner)).toBe("foreign");
  expect(ownership({ Name: "dev" }, owner)).toBe("foreign");
});

test("a user's tag replaces Name but never an owner tag", () => {
  const tags = resourceTags(owner, "vpc", "p-dev", { Name: "mine", team: "x", [tagKeys.owner]: "stolen" });
  expect(tags).toEqual({ Name: "mine", team: "x", ...ownerTags(owner, "vpc") });
});
