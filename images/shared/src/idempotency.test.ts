import { describe, expect, it } from "vitest";
import { IdempotencyKeys } from "./idempotency.ts";

const refused = (code: string, status: number) => expect.objectContaining({ code, status });

describe("work with an Idempotency-Key", () => {
  it("is done once, and its answer repeated", async () => {
    const keys = new IdempotencyKeys();
    let done = 0;
    const work = async () => {
      done += 1;
      return { id: done };
    };
    expect(await keys.run("k", { a: 1, b: [2] }, work)).toEqual({ value: { id: 1 }, replayed: false });
    expect(await keys.run("k", { b: [2], a: 1 }, work)).toEqual({ value: { id: 1 }, replayed: true });
    expect(await keys.run("k2", { a: 1, b: [2] }, work)).toEqual({ value: { id: 2 }, replayed: false });
  });

  it("without a key is done each time", async () => {
    const keys = new IdempotencyKeys();
    let done = 0;
    for (const _ of [1, 2])
      await keys.run(undefined, {}, async () => {
        done += 1;
      });
    expect(done).toBe(2);
  });

  it("is refused with another body", async () => {
    const keys = new IdempotencyKeys();
    await keys.run("k", { topic: "a" }, async () => 1);
    await expect(keys.run("k", { topic: "b" }, async () => 2)).rejects.toEqual(refused("IdempotencyKeyReused", 422));
  });

  it("is refused for a moment while the first is still running", async () => {
    const keys = new IdempotencyKeys();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = keys.run("k", {}, () => promise);
    await expect(keys.run("k", {}, async () => "twice")).rejects.toMatchObject({
      ...{ code: "RequestInProgress", status: 409, retryable: true, retryAfterSeconds: 1 },
    });
    resolve("once");
    expect(await first).toEqual({ value: "once", replayed: false });
    expect(await keys.run("k", {}, async () => "twice")).toEqual({ value: "once", replayed: true });
  });

  it("that failed may be tried again with its key", async () => {
    const keys = new IdempotencyKeys();
    await expect(keys.run("k", {}, () => Promise.reject(new Error("throttled")))).rejects.toThrow("throttled");
    expect(await keys.run("k", {}, async () => "done")).toEqual({ value: "done", replayed: false });
  });

  it("is forgotten after its time", async () => {
    const keys = new IdempotencyKeys({ ttlMs: 20 });
    await keys.run("k", 1, async () => "old");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await keys.run("k", 2, async () => "new")).toEqual({ value: "new", replayed: false });
  });

  it("takes bounded memory: the oldest answers go first, work that runs never", async () => {
    const keys = new IdempotencyKeys({ maxKeys: 3 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const running = keys.run("running", 0, () => promise);
    for (const key of ["a", "b", "c", "d"]) await keys.run(key, 0, async () => key);
    expect((await keys.run("d", 0, async () => "again")).replayed).toBe(true);
    expect((await keys.run("a", 0, async () => "again")).replayed).toBe(false);
    await expect(keys.run("running", 0, async () => "twice")).rejects.toEqual(refused("RequestInProgress", 409));
    resolve("done");
    await running;
    const small = new IdempotencyKeys({ maxBytes: 100 });
    await small.run("a", 0, async () => "x".repeat(60));
    await small.run("b", 0, async () => "x".repeat(60));
    expect((await small.run("b", 0, async () => "again")).replayed).toBe(true);
    expect((await small.run("a", 0, async () => "again")).replayed).toBe(false);
  });

  it.each([[""], ["a b"], ["x".repeat(256)], ["ümlaut"]])("is refused with the key %j", async (key) => {
    await expect(new IdempotencyKeys().run(key, 0, async () => 1)).rejects.toEqual(
      refused("InvalidIdempotencyKey", 400),
    );
  });
});
