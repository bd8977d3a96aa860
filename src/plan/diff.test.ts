import { describe, expect, it } from "vitest";
import { Sensitive, text } from "../graph/ref.ts";
import { diff, equal, show } from "./diff.ts";

const never = (): boolean => false;
const rules = { createOnly: ["cidr"] };
const ref = (node: string, output: string) => ({ $ref: { node, output } });

describe("diff", () => {
  it("names the fields that differ, and which of them AWS cannot change", () => {
    const changes = diff({ cidr: "10.0.0.0/16", dns: true }, { cidr: "10.1.0.0/16", dns: true }, rules, never);
    expect(changes).toEqual([{ field: "cidr", from: "10.1.0.0/16", to: "10.0.0.0/16", createOnly: true }]);
  });

  it("leaves alone what the desired state does not say and what cannot be read back", () => {
    expect(diff({ count: undefined, value: "x" }, { count: 3 }, rules, never)).toEqual([]);
  });

  it("compares the order of lists, for kinds sort what AWS treats as a set", () => {
    expect(diff({ ids: ["a", "b"] }, { ids: ["b", "a"] }, rules, never)).toHaveLength(1);
  });

  it("compares an attribute map by the keys that are desired", () => {
    const partial = { createOnly: [], partial: ["attributes"] };
    expect(diff({ attributes: { a: "1" } }, { attributes: { a: "1", b: "2" } }, partial, never)).toEqual([]);
    expect(diff({ attributes: { a: "1" } }, { attributes: { a: "2" } }, partial, never)).toHaveLength(1);
  });

  it("asks the kind where equal values look different", () => {
    const same = { version: (d: { version: string }, l: { version: string }) => l.version.startsWith(`${d.version}.`) };
    const versions = { createOnly: [], same };
    expect(diff({ version: "15" }, { version: "15.10" }, versions, never)).toEqual([]);
    expect(diff({ version: "16" }, { version: "15.10" }, versions, never)).toHaveLength(1);
  });

  it("takes a reference that is not known for a difference only when its node is made anew", () => {
    const desired = { vpcId: ref("vpc", "vpcId"), arn: text`arn:${ref("vpc", "vpcId")}` };
    const live = { vpcId: "vpc-1", arn: "arn:vpc-1" };
    expect(diff(desired, live, rules, never)).toEqual([]);
    expect(diff(desired, live, rules, (node) => node === "vpc").map(({ field }) => field)).toEqual(["vpcId", "arn"]);
  });
});

describe("equal", () => {
  it.each([
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { a: "1" }, false],
    [[1, [2]], [1, [2]], true],
    [[1], { 0: 1 }, false],
    [null, {}, false],
  ])("%j and %j: %s", (a, b, expected) => expect(equal(a, b)).toBe(expected));
});

describe("show", () => {
  it("never prints a sensitive value", () => {
    const value = { password: new Sensitive("hunter2") };
    expect(show(value)).toBe("{password: (sensitive)}");
    expect(JSON.stringify(value)).not.toContain("hunter2");
    expect(`${value.password}`).not.toContain("hunter2");
  });

  it("says of a reference where its value will come from", () => {
    expect(show(text`arn:${ref("vpc", "vpcId")}/*`)).toBe("arn:(vpc.vpcId, known after apply)/*");
  });
});
