import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Door, dataOf, openDoor, textOf } from "./testing/door.ts";

let door: Door;
beforeAll(async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.02);
  door = await openDoor({ STREAM_STALL_SECONDS: "1" });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await door.stop();
});

const toAgent = { input: "where is my order?", sessionId: "s-7", route: { agent: "support" } };

describe("a Bedrock agent", () => {
  test("is found by its name or its ids, and keeps its session by the client's id", async () => {
    door.bedrock.play([{ when: { agent: "AGENT12345/ALIAS12345" }, answer: { text: ["on its way"] } }]);
    const byName = await door.invoke(toAgent);
    const route = { agent: { agentId: "AGENT12345", agentAliasId: "ALIAS12345" } };
    const byIds = await door.invoke({ ...toAgent, route });
    for (const { status, body } of [byName, byIds]) {
      expect(status).toBe(200);
      expect(body).toMatchObject({
        output: "on its way",
        stopReason: "end_turn",
        route: { kind: "agent", ...route.agent },
      });
      expect(body.messages).toBeUndefined();
    }
    expect(door.bedrock.calls.map(({ sessionId }) => sessionId)).toEqual(["s-7", "s-7"]);
  });

  test("that is not configured is refused with those that are", async () => {
    for (const agent of ["sales", { agentId: "AGENT12345", agentAliasId: "ALIAS67890" }]) {
      const { status, body } = await door.invoke({ ...toAgent, route: { agent } });
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ code: "UnknownAgent", message: expect.stringContaining("support, billing") });
    }
  });

  test("gets a session of its own when the client names none, and tells it", async () => {
    door.bedrock.play([{ answer: {} }]);
    const { body } = await door.invoke({ input: "hello", route: { agent: "support" } });
    expect(body.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(door.bedrock.calls[0]?.sessionId).toBe(body.sessionId);
  });

  test("streams its chunks, asks AWS for them in pieces, and tells usage and sources at the end", async () => {
    const attribution = { citations: [{ generatedResponsePart: { textResponsePart: { text: "way" } } }] };
    door.bedrock.play([
      { answer: { text: ["on its ", "way"], attribution, usage: { inputTokens: 9, outputTokens: 4 } } },
    ]);
    const events = await door.stream(toAgent);
    expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "chunk", "done"]);
    expect(textOf(events)).toBe("on its way");
    expect(dataOf(events, "done")).toMatchObject({
      usage: { inputTokens: 9, outputTokens: 4 },
      citations: [{ generatedResponsePart: { textResponsePart: { text: "way" } } }],
    });
    expect(door.bedrock.calls[0]?.body.streamingConfigurations).toEqual({ streamFinalResponse: true });
  });

  test("may cut its text within a character: the client gets whole ones", async () => {
    const text = "Grüße 世界 🚀";
    for (const chunkBytes of [1, 2, 3]) {
      door.bedrock.play([{ answer: { text: [text], chunkBytes } }]);
      const events = await door.stream(toAgent);
      expect(textOf(events)).toBe(text);
      expect(dataOf(events, "done").output).toBe(text);
      expect(events.filter(({ event }) => event === "chunk").length).toBeGreaterThan(3);
    }
  });

  test("shows its reasoning only to those who ask for it", async () => {
    door.bedrock.play([{ answer: {} }]);
    expect((await door.stream(toAgent)).map(({ event }) => event)).not.toContain("trace");
    const asked = await door.stream({ ...toAgent, options: { trace: true } });
    expect(dataOf(asked, "trace")).toMatchObject({ trace: { orchestrationTrace: { modelInvocationOutput: {} } } });
  });

  test("hands an action over, and goes on with what the action gave", async () => {
    const functionInvocationInput = { actionGroup: "orders", function: "find", parameters: [] };
    const returnControl = { invocationId: "i-1", invocationInputs: [{ functionInvocationInput }] };
    const body = { TEXT: { body: "shipped" } };
    const results = [{ functionResult: { actionGroup: "orders", function: "find", responseBody: body } }];
    door.bedrock.play([
      { when: { toolResult: false }, answer: { returnControl } },
      { when: { toolResult: true }, answer: { text: ["it was shipped"] } },
    ]);
    const events = await door.stream(toAgent);
    expect(dataOf(events, "returnControl")).toEqual(returnControl);
    expect(dataOf(events, "done")).toMatchObject({ stopReason: "return_control", returnControl });
    const { sessionId, route } = toAgent;
    const options = { returnControl: { invocationId: "i-1", results } };
    const after = await door.invoke({ sessionId, route, options });
    expect(after.body).toMatchObject({ output: "it was shipped", stopReason: "end_turn" });
    expect(door.bedrock.calls[1]?.body.sessionState).toEqual({
      invocationId: "i-1",
      returnControlInvocationResults: results,
    });
  });

  test("whose guardrail intervenes answers with what that says", async () => {
    door.bedrock.play([{ answer: { text: ["I may not."], stopReason: "guardrail_intervened" } }]);
    const events = await door.stream(toAgent);
    expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "guardrail", "done"]);
    expect(dataOf(events, "done")).toMatchObject({ output: "I may not.", stopReason: "guardrail_intervened" });
  });

  test("is asked to end its session when the client says so", async () => {
    door.bedrock.play([{ answer: {} }]);
    await door.invoke({ ...toAgent, options: { endSession: true } });
    expect(door.bedrock.calls[0]?.body.endSession).toBe(true);
  });
});

describe("a Bedrock agent acts, so that", () => {
  test("only what never ran is sent again", async () => {
    const refuse = (type: string, status: number) => ({ refuse: { status, type, message: "no" } });
    door.bedrock.play([{ times: 1, answer: refuse("ThrottlingException", 429) }, { answer: {} }]);
    expect((await door.invoke(toAgent)).status).toBe(200);
    expect(door.bedrock.calls).toHaveLength(2);
    for (const [type, status, code] of [
      ["InternalServerException", 500, "BedrockFailed"],
      ["ServiceUnavailableException", 503, "BedrockUnavailable"],
      ["BadGatewayException", 502, "AgentDependencyFailed"],
      ["DependencyFailedException", 424, "AgentDependencyFailed"],
      ["ConflictException", 409, "SessionConflict"],
      ["AccessDeniedException", 403, "AgentAccessDenied"],
      ["ResourceNotFoundException", 404, "AgentNotFound"],
    ] as const) {
      door.bedrock.play([{ answer: refuse(type, status) }]);
      expect((await door.invoke(toAgent)).body.error).toMatchObject({ code });
      expect(door.bedrock.calls, type).toHaveLength(1);
    }
  });

  test.each([
    ["cut", "BedrockUnreachable"],
    ["stall", "ModelStalled"],
  ] as const)("a connection that ends as %s is not opened again", async (end, code) => {
    door.bedrock.play([{ answer: { text: [], end } }]);
    const { body } = await door.invoke(toAgent);
    expect(body.error).toMatchObject({ code, retryable: true });
    expect(door.bedrock.calls).toHaveLength(1);
  });
});

test("throttling in the middle of a Bedrock agent's work is told after what was sent, and nothing is sent twice", async () => {
  door.bedrock.play([{ answer: { text: ["half"], end: { exception: "throttlingException", message: "slow" } } }]);
  for (const path of ["/invoke", "/invoke/stream"]) {
    const told = await door.post(path, toAgent).then((answer) => answer.text());
    expect(told).toContain('"Throttled"');
    expect(told.includes("half")).toBe(path === "/invoke/stream");
  }
  expect(door.bedrock.calls).toHaveLength(2);
});

test("tokens of a Bedrock agent are found in its traces and stand in the metrics", async () => {
  door.metrics.length = 0;
  door.bedrock.play([{ answer: { usage: { inputTokens: 100, outputTokens: 20 } } }]);
  await door.invoke(toAgent);
  expect(door.metrics[0]).toMatchObject({ operation: "InvokeAgent", Model: "agent/support", TokensConsumed: 120 });
});
