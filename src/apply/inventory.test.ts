import { describe, expect, it } from "vitest";
import { Inventory, type InventoryEntry } from "./inventory.ts";

const meta = { after: [] };
const intent = (nonce: string) => ({ nonce, name: "n", props: {}, digest: "d" });

/** Writes that finish when told to, so that what happens during one can be seen. */
function slowWrites() {
  const written: (readonly InventoryEntry[])[] = [];
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const write = (entries: readonly InventoryEntry[]): Promise<void> => {
    written.push(entries);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  return {
    written,
    write,
    finish: async () => waiting.shift()?.resolve(),
    fail: () => waiting.shift()?.reject(new Error("down")),
  };
}

describe("Inventory", () => {
  it("writes together what is asked for while a write is under way", async () => {
    const { written, write, finish } = slowWrites();
    const inventory = new Inventory([], write);
    inventory.intend("a", "AWS::EC2::VPC", intent("1"), meta);
    const first = inventory.save();
    for (const node of ["b", "c", "d"]) inventory.intend(node, "AWS::EC2::VPC", intent(node), meta);
    const others = [inventory.save(), inventory.save(), inventory.save()];
    await finish();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    await finish();
    await Promise.all(others);
    expect(written.map((entries) => entries.map(({ node }) => node))).toEqual([["a"], ["a", "b", "c", "d"]]);
  });

  it("does not say that an intent is saved when only an earlier state was", async () => {
    const { write, finish } = slowWrites();
    const inventory = new Inventory([], write);
    inventory.intend("a", "AWS::EC2::VPC", intent("1"), meta);
    const first = inventory.save();
    inventory.intend("b", "AWS::EC2::VPC", intent("2"), meta);
    let saved = false;
    const second = inventory.save().then(() => {
      saved = true;
    });
    await finish();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(saved).toBe(false);
    await finish();
    await second;
  });

  it("rejects when the write fails, and writes the same again when asked", async () => {
    const { written, write, finish, fail } = slowWrites();
    const inventory = new Inventory([], write);
    inventory.intend("a", "AWS::EC2::VPC", intent("1"), meta);
    const first = inventory.save();
    fail();
    await expect(first).rejects.toThrow("down");
    const again = inventory.save();
    await finish();
    await again;
    expect(written).toHaveLength(2);
  });

  it("keeps a replaced resource until it is removed, and hides it from the node", () => {
    const inventory = new Inventory([], async () => {});
    inventory.record("a", "AWS::EC2::VPC", "vpc-1", meta);
    inventory.supersede("a");
    expect(inventory.current("a")).toBeUndefined();
    expect([...inventory.supersededIds("a")]).toEqual(["vpc-1"]);
    inventory.record("a", "AWS::EC2::VPC", "vpc-2", meta);
    expect(inventory.entries.map(({ id, superseded }) => [id, superseded])).toEqual([
      ["vpc-1", true],
      ["vpc-2", undefined],
    ]);
  });

  it("answers an intent when the id is known", () => {
    const inventory = new Inventory([], async () => {});
    inventory.intend("a", "AWS::EC2::VPC", intent("1"), meta);
    inventory.record("a", "AWS::EC2::VPC", "vpc-1", meta);
    expect(inventory.entries).toEqual([{ node: "a", type: "AWS::EC2::VPC", id: "vpc-1", after: [] }]);
  });
});
