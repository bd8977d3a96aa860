import { awsConfig } from "@agentorchestrator/shared";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer } from "../../../../test/support/bedrock/script.ts";
import { type BedrockStub, startBedrock } from "../../../../test/support/bedrock/stub.ts";
import { BedrockModel } from "./bedrock-model.ts";
import { ModelFailure } from "./model.ts";
import { promptOf } from "./prompts.ts";

const prompt = { system: "You are a researcher", user: "<topic>\nHeat pumps\n</topic>" };
const never = new AbortController().signal;

let stub: BedrockStub;
beforeAll(async () => {
  stub = await startBedrock([]);
});
afterAll(() => stub.stop());

function model(timeoutMs = 2_000, endpoint = stub.url): BedrockModel {
  const bedrock = new BedrockRuntimeClient({
    ...awsConfig({ AWS_REGION: "eu-central-1" }),
    endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
  return new BedrockModel(bedrock, { id: "amazon.nova-lite-v1:0", timeoutMs, maxTokens: 100 });
}

const failureOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`no ModelFailure but ${error}`);
  return `${error.kind} ${error.code}`;
};

it("gives the text with what it cost", async () => {
  stub.play([{ answer: { text: [" # Notes\n", "They heat.\0 "], usage: { inputTokens: 7, outputTokens: 5 } } }]);
  expect(await model().ask(prompt, never)).toEqual({ text: "# Notes\nThey heat.", inputTokens: 7, outputTokens: 5 });
  expect(stub.calls[0]).toMatchObject({ model: "amazon.nova-lite-v1:0", system: prompt.system, text: prompt.user });
  expect(stub.calls[0]?.body.inferenceConfig).toEqual({ maxTokens: 100 });
});

const refuse = (status: number, type: string): Answer => ({ refuse: { status, type, message: "no" } });

it.each<[string, Answer, string]>([
  ["throttling", refuse(429, "ThrottlingException"), "busy ModelThrottled"],
  ["an outage", refuse(503, "ServiceUnavailableException"), "busy ModelUnavailable"],
  ["an error that is not documented", refuse(502, "BadGatewayException"), "busy ModelUnavailable"],
  ["a model's own timeout", refuse(408, "ModelTimeoutException"), "bad ModelTimedOut"],
  ["a model that fails", refuse(424, "ModelErrorException"), "bad ModelFailed"],
  ["missing access", refuse(403, "AccessDeniedException"), "bad ModelAccessDenied"],
  ["a model that does not exist", refuse(404, "ResourceNotFoundException"), "refused ModelNotFound"],
  ["a request that is refused", refuse(400, "ValidationException"), "refused ModelRequestInvalid"],
  ["an answer without text", { text: [" \n"] }, "bad ModelAnswerEmpty"],
  ["nonsense", { text: ["{}[]//\\\\!!??..,,;;"] }, "bad ModelAnswerMalformed"],
  ["text of which characters were lost", { text: ["Pu\uFFFDp\uFFFDn"] }, "bad ModelAnswerMalformed"],
  ["an answer that was cut", { text: ["# No"], stopReason: "max_tokens" }, "bad ModelAnswerCut"],
  ["a connection that was cut", { text: ["# No"], end: "cut" }, "bad ModelAnswerCut"],
  ["a guardrail", { text: ["Sorry."], stopReason: "guardrail_intervened" }, "bad ModelRefused"],
  ["a filter", { text: ["Sorry."], stopReason: "content_filtered" }, "bad ModelRefused"],
  ["a tool that it does not have", { toolUse: [{ name: "x", input: {} }] }, "bad ModelAnswerMalformed"],
])("tells %s apart", async (_, answer, expected) => {
  stub.play([{ answer }]);
  expect(await failureOf(model().ask(prompt, never))).toBe(expected);
  expect(stub.calls).toHaveLength(1);
});

it("gives up a model that stalls", async () => {
  stub.play([{ answer: { end: "stall" } }]);
  expect(await failureOf(model(50).ask(prompt, never))).toBe("bad ModelTimedOut");
});

it("waits for a Bedrock that cannot be reached", async () => {
  const gone = await startBedrock([]);
  await gone.stop();
  expect(await failureOf(model(2_000, gone.url).ask(prompt, never))).toBe("busy ModelUnavailable");
});

it("stops asking when it is told to, for that reason", async () => {
  stub.play([{ answer: { delayMs: 5_000 } }]);
  const stop = new AbortController();
  const reason = new Error("cancelled");
  setTimeout(() => stop.abort(reason), 30);
  await expect(model().ask(prompt, stop.signal)).rejects.toBe(reason);
  await expect.poll(() => stub.calls[0]?.outcome).toBe("gone");
});

it("asks each step for its own, with what the steps before found", () => {
  const material = { topic: "Heat pumps", instructions: null, notes: "N", analysis: "A" };
  expect(promptOf("researcher", material).user).toBe("<topic>\nHeat pumps\n</topic>");
  expect(promptOf("analyst", { ...material, instructions: "brief" }).user).toBe(
    "<topic>\nHeat pumps\n</topic>\n\n<instructions>\nbrief\n</instructions>\n\n<notes>\nN\n</notes>",
  );
  expect(promptOf("writer", material).user).toMatch(/<notes>\nN\n<\/notes>\n\n<analysis>\nA\n<\/analysis>$/);
});
