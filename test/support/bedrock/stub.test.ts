import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BedrockAgentRuntimeClient, InvokeAgentCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BedrockStub, startBedrock } from "./stub.ts";

/** What AWS's clients make of the stub: they are the measure of whether it speaks their wire. */
let stub: BedrockStub;
let models: BedrockRuntimeClient;
let agents: BedrockAgentRuntimeClient;

const config = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "id", secretAccessKey: "key" },
  requestHandler: new NodeHttpHandler(),
  maxAttempts: 1,
});

beforeAll(async () => {
  stub = await startBedrock([]);
  models = new BedrockRuntimeClient(config(stub.url));
  agents = new BedrockAgentRuntimeClient(config(stub.url));
});
afterAll(async () => {
  models.destroy();
  agents.destroy();
  await stub.stop();
});

const modelId = "amazon.nova-lite-v1:0";
const ask = (text: string) => ({ modelId, messages: [{ role: "user" as const, content: [{ text }] }] });
const agentInput = { agentId: "AGENT12345", agentAliasId: "ALIAS12345", sessionId: "s1", enableTrace: true };

async function streamed(text: string, onEvent: (name: string) => void = () => {}) {
  const events: ConverseStreamOutput[] = [];
  const { stream = [] } = await models.send(new ConverseStreamCommand(ask(text)));
  for await (const event of stream) {
    events.push(event);
    onEvent(Object.keys(event)[0] ?? "");
  }
  return events;
}

test("Converse answers text, tools, stop reason and usage as the script says", async () => {
  stub.play([
    {
      when: { operation: "Converse", model: modelId, text: "weather" },
      answer: {
        text: ["let me ", "look"],
        toolUse: [{ id: "t1", name: "look", input: { city: "Ulm" } }],
        usage: { inputTokens: 7, outputTokens: 3 },
      },
    },
  ]);
  const answer = await models.send(new ConverseCommand(ask("the weather?")));
  expect(answer.output?.message?.content).toEqual([
    { text: "let me look" },
    { toolUse: { toolUseId: "t1", name: "look", input: { city: "Ulm" } } },
  ]);
  expect(answer.stopReason).toBe("tool_use");
  expect(answer.usage).toEqual({ inputTokens: 7, outputTokens: 3, totalTokens: 10 });
  expect(stub.calls).toMatchObject([{ operation: "Converse", text: "the weather?", outcome: "answered" }]);
});

test("ConverseStream sends each chunk when its time has come", async () => {
  stub.play([{ answer: { text: ["a", "b", "c"], everyMs: 60 } }]);
  const at: number[] = [];
  const events = await streamed("x", (name) => name === "contentBlockDelta" && at.push(performance.now()));
  expect(events.map((event) => Object.keys(event)[0])).toEqual([
    "messageStart",
    "contentBlockDelta",
    "contentBlockDelta",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
  ]);
  expect((at[2] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(90);
});

test("an exception in mid-stream comes as AWS's own error, after what was sent", async () => {
  stub.play([{ answer: { text: ["a"], end: { exception: "throttlingException", message: "slow down" } } }]);
  const names: string[] = [];
  await expect(streamed("x", (name) => names.push(name))).rejects.toMatchObject({
    name: "ThrottlingException",
    message: "slow down",
  });
  expect(names).toContain("contentBlockDelta");
});

test("a cut arrives after the chunks, as a broken connection", async () => {
  stub.play([{ answer: { text: ["a"], end: "cut" } }]);
  const names: string[] = [];
  await expect(streamed("x", (name) => names.push(name))).rejects.toThrow(/aborted/);
  expect(names).toContain("contentBlockDelta");
  expect(stub.calls[0]?.outcome).toBe("cut");
});

test("a rule is used as often as it says, then the next has its turn", async () => {
  const refuse = { status: 429, type: "ThrottlingException", message: "slow", retryAfter: "2" };
  stub.play([{ times: 2, answer: { refuse } }, { answer: {} }]);
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(models.send(new ConverseCommand(ask("x")))).rejects.toMatchObject({
      name: "ThrottlingException",
      $response: { headers: { "retry-after": "2" } },
    });
  await expect(models.send(new ConverseCommand(ask("x")))).resolves.toMatchObject({ stopReason: "end_turn" });
});

test("InvokeAgent streams chunks with sources, usage in a trace, and what is handed back", async () => {
  const returnControl = { invocationId: "i1", invocationInputs: [] };
  stub.play([{ when: { agent: "AGENT12345/ALIAS12345" }, answer: { text: ["par", "ts"], returnControl } }]);
  const answer = await agents.send(new InvokeAgentCommand({ ...agentInput, inputText: "hello" }));
  expect(answer.sessionId).toBe("s1");
  let text = "";
  const names: string[] = [];
  for await (const event of answer.completion ?? []) {
    names.push(Object.keys(event)[0] ?? "");
    if (event.chunk?.bytes) text += Buffer.from(event.chunk.bytes).toString();
    if (event.trace)
      expect(event.trace.trace?.orchestrationTrace?.modelInvocationOutput?.metadata?.usage?.outputTokens).toBe(2);
    if (event.returnControl) expect(event.returnControl).toEqual(returnControl);
  }
  expect(text).toBe("parts");
  expect(names).toEqual(["chunk", "chunk", "trace", "returnControl"]);
});

test("a caller that goes in the middle is recorded as gone", async () => {
  stub.play([{ answer: { text: ["a"], end: "stall" } }]);
  const gone = new AbortController();
  const { stream = [] } = await models.send(new ConverseStreamCommand(ask("x")), { abortSignal: gone.signal });
  await expect(async () => {
    for await (const event of stream) if (event.contentBlockDelta) gone.abort();
  }).rejects.toThrow();
  for (let tries = 0; stub.calls[0]?.outcome !== "gone" && tries < 100; tries++) await sleep(10);
  expect(stub.calls[0]?.outcome).toBe("gone");
});

test("what is not signed, and what Bedrock is known to refuse, is refused", async () => {
  stub.play([{ answer: {} }]);
  const unsigned = await fetch(`${stub.url}/model/${modelId}/converse`, { method: "POST", body: "{}" });
  expect(unsigned.status).toBe(403);
  const toolUse = { toolUseId: "t1", name: "look", input: {} };
  const toolResult = { toolUseId: "t1", content: [{ text: "" }] };
  const user = (...content: object[]) => ({ role: "user", content });
  const cases: [object[], RegExp][] = [
    [[], /must not be empty/],
    [[{ role: "assistant", content: [{ text: "x" }] }], /start with a user/],
    [[user({ text: "x" }), user({ text: "y" })], /alternate/],
    [[user({ text: " \n" })], /blank/],
    [[user({ text: "x" }), { role: "assistant", content: [{ toolUse }] }, user({ text: "y" })], /toolResult/],
    [[user({ text: "x" }), { role: "assistant", content: [{ toolUse }] }, user({ toolResult })], /toolConfig/],
  ];
  for (const [messages, message] of cases)
    await expect(models.send(new ConverseCommand({ modelId, messages: messages as never }))).rejects.toThrow(message);
  const toolSpec = { name: "look", inputSchema: { json: { type: "object", additionalProperties: false } } };
  await expect(
    models.send(new ConverseCommand({ ...ask("x"), toolConfig: { tools: [{ toolSpec }] } })),
  ).rejects.toThrow(/additionalProperties/);
  await expect(
    agents.send(new InvokeAgentCommand({ ...agentInput, sessionId: "no spaces", inputText: "x" })),
  ).rejects.toMatchObject({ name: "ValidationException" });
});

test("as a process it takes a script and tells its calls", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const url = line.replace("bedrock stub on ", "");
    const put = (rules: unknown) =>
      fetch(`${url}/_bedrock/script`, { method: "PUT", body: JSON.stringify(rules) }).then(({ status }) => status);
    expect(await put([{ answer: { nonsense: 1 } }])).toBe(400);
    expect(await put([{ answer: { text: ["scripted"] } }])).toBe(200);
    const client = new BedrockRuntimeClient(config(url));
    const answer = await client.send(new ConverseCommand(ask("x")));
    client.destroy();
    expect(answer.output?.message?.content).toEqual([{ text: "scripted" }]);
    const calls = await fetch(`${url}/_bedrock/calls`).then((told) => told.json());
    expect(calls).toMatchObject([{ operation: "Converse", model: modelId, outcome: "answered" }]);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});
