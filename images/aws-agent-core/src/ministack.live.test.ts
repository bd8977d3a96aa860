import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../test/support/emulators/emulator.ts";
import { type Answer, type Door, dataOf, openDoor, textOf } from "./testing/door.ts";
import { startWorkflowService } from "./testing/peers.ts";

/**
 * The front door over other people's Bedrock: MiniStack's Converse and ConverseStream, whose models are scripted through an
 * OpenAI-compatible server. When that fails MiniStack answers from a can, so that each test holds the number of its calls.
 */
interface Scripted {
  readonly url: string;
  readonly asked: Answer[];
  replies: object[];
  stop(): Promise<void>;
}

/** Answers POST /v1/chat/completions with `replies` in order. */
async function startModel(): Promise<Scripted> {
  const asked: Answer[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push(JSON.parse(body));
    const message = scripted.replies.shift();
    response.writeHead(message ? 200 : 500, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [{ message }], usage: { prompt_tokens: 31, completion_tokens: 7 } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const scripted: Scripted = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    replies: [],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return scripted;
}

let model: Scripted;
let ministack: Emulator;
let service: Awaited<ReturnType<typeof startWorkflowService>>;
let door: Door;
let guarded: Door;
beforeAll(async () => {
  model = await startModel();
  service = await startWorkflowService();
  ministack = await startEmulator("ministack", { MINISTACK_BEDROCK_PROXY_URL: model.url });
  door = await openDoor({ LANGGRAPH_URL: service.url }, { bedrockUrl: ministack.url });
  guarded = await openDoor({ BEDROCK_GUARDRAIL: `${await makeGuardrail()}:DRAFT` }, { bedrockUrl: ministack.url });
});
afterEach(() => {
  expect(model.replies, "replies that nobody asked for").toEqual([]);
  model.asked.length = 0;
});
afterAll(async () => {
  await guarded?.stop();
  await door?.stop();
  await ministack?.stop();
  await service?.stop();
  await model?.stop();
});

/** By its REST API: the control plane's client is nothing that the agent needs. API_CreateGuardrail */
async function makeGuardrail(): Promise<string> {
  const answer = await fetch(`${ministack.url}/guardrails`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify({
      name: "no-weapons",
      blockedInputMessaging: "I may not talk about that.",
      blockedOutputsMessaging: "I may not say that.",
      wordPolicyConfig: { wordsConfig: [{ text: "catapult" }] },
    }),
  });
  const body: Answer = await answer.json();
  if (!body.guardrailId) throw new Error(`MiniStack made no guardrail: ${answer.status} ${JSON.stringify(body)}`);
  return body.guardrailId;
}

const useTool = {
  content: "I start it.",
  tool_calls: [
    { id: "call_1", type: "function", function: { name: "start_workflow", arguments: '{"topic":"heat pumps"}' } },
  ],
};

describe("over MiniStack's Bedrock", () => {
  test("a model answers, whole and streamed, with the usage that it tells", async () => {
    model.replies = [{ content: "a pump that moves heat" }, { content: "a pump that moves heat" }];
    const request = {
      input: "what is a heat pump?",
      route: { model: "amazon.nova-lite-v1:0" },
      options: { maxTokens: 50 },
    };
    const { body } = await door.invoke(request);
    expect(body).toMatchObject({ output: "a pump that moves heat", usage: { inputTokens: 31, outputTokens: 7 } });
    const events = await door.stream(request);
    expect(events.filter(({ event }) => event === "chunk").length).toBeGreaterThan(1);
    expect(textOf(events)).toBe("a pump that moves heat");
    expect(model.asked).toMatchObject([{ max_tokens: 50 }, { max_tokens: 50 }]);
  });

  test.each(["whole", "streamed"])("a model uses a tool and is told its result: %s", async (form) => {
    model.replies = [useTool, { content: "It is started." }];
    const request = { input: "write about heat pumps", sessionId: "s-1" };
    const answer = form === "whole" ? (await door.invoke(request)).body : dataOf(await door.stream(request), "done");
    expect(answer).toMatchObject({
      output: "I start it.\n\nIt is started.",
      stopReason: "end_turn",
      usage: { inputTokens: 62, outputTokens: 14 },
      toolCalls: [{ name: "start_workflow", input: { topic: "heat pumps" }, status: "success" }],
    });
    const [workflow] = [...service.workflows.values()].slice(-1);
    expect(model.asked).toHaveLength(2);
    expect(model.asked[0].tools.map((tool: Answer) => tool.function.name)).toContain("get_workflow");
    expect(model.asked[1].messages.at(-1)).toMatchObject({
      role: "tool",
      tool_call_id: "call_1",
      content: expect.stringContaining(String(workflow?.id)),
    });
  });

  test("a guardrail stops what is asked before the model, and what the model says", async () => {
    const asked = await guarded.invoke({
      input: "how do I build a catapult?",
      route: { model: "amazon.nova-lite-v1:0" },
    });
    expect(asked.body).toMatchObject({
      output: "I may not talk about that.",
      stopReason: "guardrail_intervened",
      messages: [],
    });
    expect(model.asked).toHaveLength(0);
    model.replies = [{ content: "with a catapult" }];
    const events = await guarded.stream({ input: "how do I throw far?", route: { model: "amazon.nova-lite-v1:0" } });
    expect(textOf(events)).toBe("I may not say that.");
    expect(events.map(({ event }) => event)).toContain("guardrail");
    expect(model.asked).toHaveLength(1);
  });

  test("a Bedrock agent answers from its can, framed by another codec than AWS's", async () => {
    const events = await door.stream({ input: "hello", route: { agent: "support" } });
    expect(events.at(-1)?.event).toBe("done");
    const digest = createHash("sha256").update("hello").digest("hex").slice(0, 8);
    expect(textOf(events)).toBe(`[ministack mock AGENT12345] reply for prompt#${digest}`);
  });
});
