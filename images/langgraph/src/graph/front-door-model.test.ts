import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Peer } from "@agentorchestrator/shared";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer } from "../../../../test/support/bedrock/script.ts";
import { type Door, MODEL, openDoor } from "../../../aws-agent-core/src/testing/door.ts";
import { FrontDoorModel } from "./front-door-model.ts";
import { ModelFailure } from "./model.ts";

const prompt = { system: "You are a researcher", user: "<topic>\nHeat pumps\n</topic>" };
const never = new AbortController().signal;

// The front door is the real one, on a scripted Bedrock.
let door: Door;
beforeAll(async () => {
  door = await openDoor({ BEDROCK_MAX_ATTEMPTS: "1", STREAM_STALL_SECONDS: "1" });
});
afterAll(() => door.stop());

const modelAt = (url: string, timeoutMs = 2_000) =>
  new FrontDoorModel(new Peer("aws-agent-core", url, { attempts: 1 }), { timeoutMs, maxTokens: 100 });

const failureOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`no ModelFailure but ${error}`);
  return `${error.kind} ${error.code}`;
};

it("gives the text of the front door's default model with what it cost, and gives it no tools", async () => {
  door.bedrock.play([{ answer: { text: ["# Notes\n", "They heat."], usage: { inputTokens: 7, outputTokens: 5 } } }]);
  expect(await modelAt(door.url).ask(prompt, never)).toEqual({
    text: "# Notes\nThey heat.",
    inputTokens: 7,
    outputTokens: 5,
  });
  expect(door.bedrock.calls[0]).toMatchObject({ model: MODEL, system: prompt.system, text: prompt.user });
  expect(door.bedrock.calls[0]?.body.inferenceConfig).toEqual({ maxTokens: 100 });
  expect(door.bedrock.calls[0]?.body.toolConfig).toBeUndefined();
});

it.each<[string, Answer, string]>([
  ["throttling", { refuse: { status: 429, type: "ThrottlingException", message: "no" } }, "busy Throttled"],
  ["a model's timeout", { refuse: { status: 408, type: "ModelTimeoutException", message: "no" } }, "bad ModelTimeout"],
  ["no access", { refuse: { status: 403, type: "AccessDeniedException", message: "no" } }, "bad ModelAccessDenied"],
  [
    "a bad request",
    { refuse: { status: 400, type: "ValidationException", message: "no" } },
    "refused RefusedByBedrock",
  ],
  ["no text", { text: [" "] }, "bad ModelAnswerEmpty"],
  ["an answer that was cut", { text: ["They"], stopReason: "max_tokens" }, "bad ModelAnswerCut"],
])("tells %s from what is to be asked again", async (_case, answer, expected) => {
  door.bedrock.play([{ answer }]);
  expect(await failureOf(modelAt(door.url).ask(prompt, never))).toBe(expected);
});

it("waits for a front door that is not there", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  expect(await failureOf(modelAt(`http://127.0.0.1:${port}`).ask(prompt, never))).toBe("busy ModelUnavailable");
});

it("does not wait for longer than it may, and ends with the reason of whoever stops it", async () => {
  const silent = createServer((_request, response) =>
    response.writeHead(200, { "content-type": "text/event-stream" }).write(": heartbeat\n\n"),
  );
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  try {
    expect(await failureOf(modelAt(url, 100).ask(prompt, never))).toBe("bad ModelTimedOut");
    const reason = new Error("the lease is lost");
    await expect(modelAt(url).ask(prompt, AbortSignal.abort(reason))).rejects.toBe(reason);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
