import { expect, test } from "vitest";
import { VirtualClock } from "../../test/simulator/clock/virtual.ts";
import { CircuitBreaker, CircuitOpen, FAILURES_TO_OPEN, OPEN_MS } from "./circuit-breaker.ts";

function opened(clock: VirtualClock): CircuitBreaker {
  const breaker = new CircuitBreaker("ec2 in us-east-1", clock);
  for (let n = 0; n < FAILURES_TO_OPEN; n += 1) {
    breaker.enter();
    breaker.failed();
  }
  return breaker;
}

test("five failures in a row open it, four and an answer do not", () => {
  const clock = new VirtualClock(0);
  expect(() => opened(clock).enter()).toThrow(CircuitOpen);
  const breaker = new CircuitBreaker("ec2 in us-east-1", clock);
  for (let n = 1; n < FAILURES_TO_OPEN; n += 1) breaker.failed();
  breaker.succeeded();
  breaker.failed();
  expect(breaker.open).toBe(false);
});

test("after a minute one call is let through, and its success closes it", async () => {
  const clock = new VirtualClock(0);
  const breaker = opened(clock);
  await clock.sleep(OPEN_MS);
  breaker.enter();
  expect(() => breaker.enter()).toThrow(CircuitOpen);
  breaker.succeeded();
  expect(() => breaker.enter()).not.toThrow();
});

test("a failed trial keeps it open for another minute", async () => {
  const clock = new VirtualClock(0);
  const breaker = opened(clock);
  await clock.sleep(OPEN_MS);
  breaker.enter();
  breaker.failed();
  await clock.sleep(OPEN_MS - 1);
  expect(() => breaker.enter()).toThrow(CircuitOpen);
  await clock.sleep(1);
  expect(() => breaker.enter()).not.toThrow();
});

test("a trial that was never sent lets the next one try", async () => {
  const clock = new VirtualClock(0);
  const breaker = opened(clock);
  await clock.sleep(OPEN_MS);
  breaker.enter();
  breaker.abandoned();
  expect(() => breaker.enter()).not.toThrow();
});
