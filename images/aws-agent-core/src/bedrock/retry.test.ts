import { expect, test } from "vitest";
import { LONGEST_PAUSE_MS, type RetryOptions, withRetries } from "./retry.ts";

const passing = new Error("it passes");
const options: RetryOptions = {
  attempts: 3,
  signal: new AbortController().signal,
  mayTryAgain: (error) => error === passing,
  baseMs: () => 10,
  askedMs: () => undefined,
};
const failing = (times: number, error: Error) => {
  let calls = 0;
  const work = async () => {
    calls++;
    if (calls <= times) throw error;
    return "done";
  };
  return { work, calls: () => calls };
};

test("what passes is tried until it succeeds, as often as allowed", async () => {
  const twice = failing(2, passing);
  await expect(withRetries(twice.work, options)).resolves.toBe("done");
  expect(twice.calls()).toBe(3);
  const always = failing(9, passing);
  await expect(withRetries(always.work, options)).rejects.toBe(passing);
  expect(always.calls()).toBe(3);
});

test("what does not pass is not tried again", async () => {
  const broken = failing(9, new Error("broken"));
  await expect(withRetries(broken.work, options)).rejects.toThrow("broken");
  expect(broken.calls()).toBe(1);
});

test("pauses are a random part of what doubles with each attempt, and at least what is asked for", async () => {
  const began = performance.now();
  await expect(
    withRetries(failing(9, passing).work, { ...options, attempts: 4, baseMs: () => 20, random: () => 1 }),
  ).rejects.toBe(passing);
  expect(performance.now() - began).toBeGreaterThanOrEqual(20 + 40 + 80 - 5);
  const asked = performance.now();
  await withRetries(failing(1, passing).work, { ...options, askedMs: () => 120, random: () => 0 });
  expect(performance.now() - asked).toBeGreaterThanOrEqual(115);
});

test("a pause longer than a client would wait is the client's to make", async () => {
  const slow = failing(9, passing);
  await expect(withRetries(slow.work, { ...options, askedMs: () => LONGEST_PAUSE_MS + 1 })).rejects.toBe(passing);
  expect(slow.calls()).toBe(1);
});

test("the signal ends a pause at once, with its reason", async () => {
  const gone = new AbortController();
  const slow = failing(9, passing);
  const ended = withRetries(slow.work, { ...options, signal: gone.signal, askedMs: () => 4_000 });
  const reason = new Error("the client went");
  setTimeout(() => gone.abort(reason), 20);
  const began = performance.now();
  await expect(ended).rejects.toBe(reason);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(slow.calls()).toBe(1);
});
