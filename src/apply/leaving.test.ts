import { describe, expect, it } from "vitest";
import { Graph } from "../graph/graph.ts";
import type { InventoryEntry } from "./inventory.ts";
import { leavingOf } from "./leaving.ts";

const entry = (node: string, after: string[] = [], more: Partial<InventoryEntry> = {}): InventoryEntry => ({
  node,
  type: "AWS::EC2::VPC",
  id: `id-of-${node}`,
  after,
  ...more,
});
const names = (entries: readonly InventoryEntry[], graph = new Graph()) =>
  leavingOf(entries, graph).map(({ entry: { node }, retain }) => (retain ? `keep ${node}` : node));

describe("leavingOf", () => {
  it("takes dependents before what they depend on, whatever the order of the inventory", () => {
    expect(
      names([entry("vpc"), entry("subnet", ["vpc"]), entry("database", ["subnet", "group"]), entry("group", ["vpc"])]),
    ).toEqual(["database", "subnet", "group", "vpc"]);
  });

  it("keeps retained data and everything that it lives in, and nothing else", () => {
    const entries = [
      entry("vpc"),
      entry("subnet", ["vpc"]),
      entry("database", ["subnet"], { policy: "Retain" }),
      entry("nat", ["vpc"]),
    ];
    expect(names(entries)).toEqual(["keep database", "keep subnet", "nat", "keep vpc"]);
  });

  it("does not keep what was never made, or was replaced", () => {
    expect(names([entry("a", [], { policy: "Retain", id: undefined })])).toEqual(["a"]);
    expect(names([entry("a", [], { policy: "Retain", superseded: true })])).toEqual(["a"]);
  });

  it("leaves what the graph desires, but not the one that was replaced", () => {
    const graph = new Graph();
    graph.add("AWS::EC2::InternetGateway", "gateway", {}, { name: "gateway", fact: "NetworkReady" });
    expect(
      names([entry("gateway"), entry("gateway", [], { id: "old", superseded: true }), entry("other")], graph),
    ).toEqual(["gateway", "other"]);
  });
});
