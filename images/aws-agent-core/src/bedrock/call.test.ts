import { AgentError, createLog } from "@agentorchestrator/shared";
import { expect, test } from "vitest";
import { callBedrock } from "./call.ts";

const subject = { kind: "model", name: "amazon.nova-lite-v1:0", region: "us-east-1" } as const;
const limits = { attempts: 3, stallMs: 50, log: createLog({ agent: "a", level: "silent" }) };
const never = new AbortController().signal;

test("a fault of this program is neither tried again nor called a failure of Bedrock", async () => {
  let calls = 0;
  const fault = new TypeError("x is not a function");
  const work = async () => {
    calls++;
    throw fault;
  };
  await expect(callBedrock(subject, limits, never, work)).rejects.toBe(fault);
  expect(calls).toBe(1);
});

test("an end by the caller's signal is its reason, however the connection took it", async () => {
  const gone = new AbortController();
  const reason = new AgentError("ClientGone", "the client went", { status: 499 });
  const work = async () => {
    gone.abort(reason);
    throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  };
  await expect(callBedrock(subject, limits, gone.signal, work)).rejects.toBe(reason);
});

test("the time in which the answer is taken is not silence", async () => {
  async function* source() {
    yield 1;
    yield 2;
  }
  const seen: number[] = [];
  await callBedrock(subject, limits, never, async ({ watch }) => {
    for await (const one of watch.events(source())) {
      seen.push(one);
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    watch.signal.throwIfAborted();
  });
  expect(seen).toEqual([1, 2]);
});
