import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Aws } from "./aws.ts";
import { batched } from "./batch.ts";

const aws = { clock: { now: () => 0, sleep: (ms: number) => sleep(Math.min(ms, 1)) } } as unknown as Aws;
const named = (name: string) =>
  Object.assign(new Error(name), { name, $fault: "client", $metadata: { httpStatusCode: 400 } });

/** An API that knows a, b, c and d and refuses a call that names anything else. */
function reader(refusal: (key: string) => Error) {
  const calls: (readonly string[])[] = [];
  const read = batched<string>({
    max: 4,
    read: async (_aws, keys) => {
      calls.push(keys);
      const unknown = keys.find((key) => !"abcd".includes(key));
      if (unknown) throw refusal(unknown);
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    },
  });
  return { calls, read };
}

test("reads that are asked for together share calls of at most the size that AWS takes", async () => {
  const { calls, read } = reader(() => named("LoadBalancerNotFoundException"));
  const answers = await Promise.all(["a", "b", "a", "c", "d"].map((key) => read(aws, key)));
  expect(answers).toEqual(["A", "B", "A", "C", "D"]);
  expect(calls.length).toBe(2);
  expect(calls.flat().length).toBeLessThanOrEqual(5);
});

test("one unknown key of an API that refuses the whole call is absent and hides no other", async () => {
  const { read } = reader(() => named("LoadBalancerNotFoundException"));
  expect(await Promise.all(["a", "x", "b", "c"].map((key) => read(aws, key)))).toEqual(["A", undefined, "B", "C"]);
});

test("a malformed key throws for whoever asked for it and for nobody else", async () => {
  const { read } = reader(() => named("ValidationError"));
  const answers = await Promise.allSettled(["a", "x", "b"].map((key) => read(aws, key)));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a throttled batch throws for all, in one call", async () => {
  const { calls, read } = reader(() => named("Throttling"));
  const answers = await Promise.allSettled(["a", "x", "b"].map((key) => read(aws, key)));
  expect(answers.every(({ status }) => status === "rejected")).toBe(true);
  expect(calls.length).toBe(1);
});
