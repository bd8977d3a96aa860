import { expect, test } from "vitest";
import { settle, VirtualClock } from "../../test/support/virtual-clock.ts";
import { WorkQueue } from "./queue.ts";
import { runWorkers } from "./workers.ts";

function fixture(random = () => 1) {
  const clock = new VirtualClock();
  return { clock, queue: new WorkQueue(clock, { random }) };
}

test("a key added several times is taken once, in the order of first addition", async () => {
  const { queue } = fixture();
  for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
  const taken = [await queue.take(), await queue.take(), await queue.take()].map((item) => item?.key);
  expect(taken).toEqual(["a", "b", "c"]);
  expect(queue.depth).toBe(0);
});

test("a key added while a worker has it is taken again, but not before that worker is done", async () => {
  const { queue } = fixture();
  queue.add("a");
  const first = await queue.take();
  queue.add("a");
  queue.add("a");
  expect(queue.depth).toBe(0);
  first?.done();
  expect(queue.depth).toBe(1);
  (await queue.take())?.done();
  expect(queue.depth).toBe(0);
});

test("of several delayed additions the earliest counts, and only once", async () => {
  const { clock, queue } = fixture();
  queue.addAfter("a", 5_000);
  queue.addAfter("a", 1_000);
  queue.addAfter("a", 3_000);
  await clock.advance(999);
  expect(queue.depth).toBe(0);
  await clock.advance(1);
  expect(queue.depth).toBe(1);
  (await queue.take())?.done();
  await clock.advance(10_000);
  expect(queue.depth).toBe(0);
  expect(clock.sleepers).toBe(0);
});

test("a pass that begins sooner settles a delayed addition", async () => {
  const { clock, queue } = fixture();
  queue.addAfter("a", 5_000);
  queue.add("a");
  (await queue.take())?.done();
  await clock.advance(10_000);
  expect(queue.depth).toBe(0);
});

test("retries double up to the bound, jittered over the whole range, and start over once forgotten", () => {
  const full = fixture().queue;
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => full.retry("a"))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000,
  ]);
  full.forget("a");
  expect(full.retry("a")).toBe(1_000);
  const half = fixture(() => 0.5).queue;
  expect([half.retry("a"), half.retry("a"), half.retry("b")]).toEqual([500, 1_000, 500]);
});

test("a waiting worker is handed the next key, and nothing once the queue is closed", async () => {
  const { queue } = fixture();
  const waiting = queue.take();
  queue.add("a");
  expect((await waiting)?.key).toBe("a");
  const idle = queue.take();
  queue.close();
  expect(await idle).toBeUndefined();
  queue.add("b");
  expect(await queue.take()).toBeUndefined();
});

test("workers never hold one key twice, and do hold different keys at once", async () => {
  const { clock, queue } = fixture();
  const running = new Map<string, number>();
  let most = 0;
  const stop = new AbortController();
  const handle = async (key: string) => {
    running.set(key, (running.get(key) ?? 0) + 1);
    expect(running.get(key)).toBe(1);
    most = Math.max(
      most,
      [...running.values()].reduce((sum, count) => sum + count, 0),
    );
    await clock.sleep(100);
    running.set(key, 0);
    return undefined;
  };
  const done = runWorkers(
    { queue, workers: 3, handle, onError: (_key, error) => expect.fail(String(error)) },
    stop.signal,
  );
  for (let round = 0; round < 5; round++) {
    for (const key of ["a", "b", "c", "d"]) queue.add(key);
    await clock.advance(70);
  }
  await clock.advance(1_000);
  expect(most).toBe(3);
  stop.abort();
  await done;
});

test("a pass that throws is repeated after its delay and delays no other key", async () => {
  const { clock, queue } = fixture();
  const log: string[] = [];
  const stop = new AbortController();
  const handle = async (key: string) => {
    log.push(`${key}@${clock.now() - began}`);
    if (key === "bad") throw new Error("refused");
    return key === "poll" ? 1_500 : undefined;
  };
  const began = clock.now();
  const errors: [string, number][] = [];
  const done = runWorkers(
    { queue, workers: 1, handle, onError: (key, _error, retryMs) => errors.push([key, retryMs]) },
    stop.signal,
  );
  for (const key of ["bad", "good", "poll"]) queue.add(key);
  await clock.advance(3_000);
  expect(log).toEqual(["bad@0", "good@0", "poll@0", "bad@1000", "poll@1500", "bad@3000", "poll@3000"]);
  expect(errors).toEqual([
    ["bad", 1_000],
    ["bad", 2_000],
    ["bad", 4_000],
  ]);
  stop.abort();
  await done;
});

test("on shutdown passes that have begun finish and no other begins", async () => {
  const { clock, queue } = fixture();
  const finished: string[] = [];
  const stop = new AbortController();
  const handle = async (key: string) => {
    await clock.sleep(1_000);
    finished.push(key);
    return 10;
  };
  let ended = false;
  const done = runWorkers({ queue, workers: 1, handle, onError: () => {} }, stop.signal).then(() => {
    ended = true;
  });
  queue.add("a");
  queue.add("b");
  await settle();
  stop.abort();
  await clock.advance(500);
  expect(ended).toBe(false);
  await clock.advance(500);
  await done;
  expect(finished).toEqual(["a"]);
  expect(clock.sleepers).toBe(0);
});
