import { expect, test } from "vitest";
import { VirtualClock } from "../../test/simulator/clock/virtual.ts";
import { actingFor, actingRoutinely, isRoutine, RateLimited, TokenBucket } from "./token-bucket.ts";

const limit = { bucket: "ec2 CreateVpc", burst: 5, perSecond: 2 };

test("a burst goes out at once, and then the published rate", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket(limit, clock);
  const at: number[] = [];
  await Promise.all(
    Array.from({ length: 9 }, async () => {
      await bucket.take();
      at.push(Math.round(clock.now()));
    }),
  );
  expect(at).toEqual([0, 0, 0, 0, 0, 500, 1000, 1500, 2000]);
});

test("a throttle halves the rate at most once a second, and successes bring it back but never above the published", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket(limit, clock);
  bucket.throttled();
  bucket.throttled();
  expect(bucket.perSecond).toBe(1);
  await clock.sleep(1000);
  bucket.throttled();
  expect(bucket.perSecond).toBe(0.5);
  for (let n = 0; n < 100; n += 1) bucket.succeeded();
  expect(bucket.perSecond).toBe(2);
});

test("after a throttle the next request waits, although the bucket was full", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket(limit, clock);
  bucket.throttled();
  await bucket.take();
  expect(Math.round(clock.now())).toBe(1000);
});

test("callers take turns, so that one who asks a lot does not delay another", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket({ ...limit, burst: 1 }, clock);
  await bucket.take();
  const order: string[] = [];
  const ask = (caller: string) => actingFor(caller, () => bucket.take().then(() => void order.push(caller)));
  await Promise.all([ask("greedy"), ask("greedy"), ask("greedy"), ask("greedy"), ask("modest"), ask("modest")]);
  expect(order).toEqual(["greedy", "modest", "greedy", "modest", "greedy", "greedy"]);
});

test("who would wait too long is refused at once, and who comes with few requests is not", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket({ ...limit, burst: 1 }, clock);
  const asked = Array.from({ length: 40 }, () => actingFor("greedy", () => bucket.take()));
  const modest = actingFor("modest", () => bucket.take());
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBe(19);
  expect(refused.every(({ reason }) => reason instanceof RateLimited)).toBe(true);
  await expect(modest).resolves.toBeUndefined();
});

test("what is routine comes after everybody else, however long it has waited", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket({ ...limit, burst: 1 }, clock);
  await bucket.take();
  const order: string[] = [];
  const ask = () => bucket.take().then(() => void order.push(isRoutine() ? "routine" : "edit"));
  const routine = actingFor("a", () => {
    actingRoutinely();
    return Promise.all([ask(), ask(), ask()]);
  });
  await Promise.all([routine, actingFor("b", () => Promise.all([ask(), ask()]))]);
  expect(order).toEqual(["edit", "edit", "routine", "routine", "routine"]);
});

test("when the process stops nobody waits any more, and what there are tokens for still goes", async () => {
  const clock = new VirtualClock(0);
  const bucket = new TokenBucket({ ...limit, burst: 1 }, clock);
  await bucket.take();
  const waiting = [bucket.take(), actingFor("another", () => bucket.take())];
  bucket.close();
  for (const one of waiting) await expect(one).rejects.toThrow(/this process stops/);
  await expect(bucket.take()).rejects.toBeInstanceOf(RateLimited);
  await clock.sleep(1000);
  await expect(bucket.take()).resolves.toBeUndefined();
});
