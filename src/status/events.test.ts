import { expect, test } from "vitest";
import type { InventoryEntry } from "../apply/inventory.ts";
import type { LeavingResult } from "../apply/result.ts";
import { notesOf } from "./events.ts";

const gone = (node: string, more: Partial<InventoryEntry> = {}): LeavingResult => ({
  entry: { node, type: "AWS::EC2::Subnet", id: `id-of-${node}`, after: [], ...more },
  state: "gone",
});
const told = (...leaving: LeavingResult[]) => notesOf({ nodes: [], leaving }, true).map(({ message }) => message);

test("what is deleted in one pass is told as one event, data by itself", () => {
  const database = { type: "AWS::RDS::DBInstance", id: "shop-dev-database" } as const;
  expect(told(gone("subnet/a"), gone("database/instance", { ...database, policy: "Snapshot" }), gone("vpc"))).toEqual([
    "deleted subnet/a, vpc",
    "deleted AWS::RDS::DBInstance shop-dev-database after a last snapshot",
  ]);
});

test("many are counted, and what was never made is not told", () => {
  const subnets = Array.from({ length: 10 }, (_, place) => gone(`subnet/${place}`));
  expect(told(...subnets, gone("vpc", { id: undefined }))).toEqual([
    "deleted subnet/0, subnet/1, subnet/2, subnet/3, subnet/4, subnet/5, subnet/6, subnet/7 and 2 more",
  ]);
});

test("what is kept is told when it is kept, and not again", () => {
  const kept = { ...gone("database/instance", { policy: "Retain" }), state: "retained" } as const;
  expect(told(kept)).toHaveLength(1);
  expect(told({ ...kept, entry: { ...kept.entry, retained: true } })).toEqual([]);
});
