import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Door, dataOf, MODEL, OTHER_MODEL, openDoor, textOf } from "./testing/door.ts";

let door: Door;
beforeAll(async () => {
  // Pauses between attempts are a random part of what they may be: here a small one.
  vi.spyOn(Math, "random").mockReturnValue(0.02);
  door = await openDoor({ BEDROCK_MAX_ATTEMPTS: "3", STREAM_STALL_SECONDS: "1" });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await door.stop();
});

const LONGEST_MS = 4_000;
const toModel = { input: "what is it?", sessionId: "s-1", route: { model: MODEL } };

describe("a model that is named", () => {
  test("answers, with usage, stop reason, and the conversation to go on with", async () => {
    door.bedrock.play([{ answer: { text: ["a ", "pump"], usage: { inputTokens: 5, outputTokens: 2 } } }]);
    const { status, body } = await door.invoke(toModel);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sessionId: "s-1",
      route: { kind: "model", model: MODEL },
      output: "a pump",
      stopReason: "end_turn",
      usage: { inputTokens: 5, outputTokens: 2 },
      messages: [
        { role: "user", content: "what is it?" },
        { role: "assistant", content: "a pump" },
      ],
    });
    expect(door.bedrock.calls).toMatchObject([{ operation: "Converse", model: MODEL }]);
    expect(door.bedrock.calls[0]?.body.toolConfig).toBeUndefined();
  });

  test("may be the default one, by `true`: it has no tools then, so that an agent that asks does not come back to itself", async () => {
    door.bedrock.play([{ answer: { text: ["yes"] } }]);
    const { body } = await door.invoke({ ...toModel, route: { model: true } });
    expect(body).toMatchObject({ route: { kind: "model", model: MODEL }, output: "yes" });
    expect(door.bedrock.calls[0]?.body.toolConfig).toBeUndefined();
  });

  test("is given the conversation that the client sends, and the options", async () => {
    door.bedrock.play([{ answer: {} }]);
    const { body } = await door.invoke({
      ...toModel,
      messages: [
        { role: "user", content: "hello" },
        { role: "assistant", content: "hi" },
      ],
      options: { system: "be short", maxTokens: 10, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
    });
    expect(door.bedrock.calls[0]?.body).toMatchObject({
      system: [{ text: "be short" }],
      inferenceConfig: { maxTokens: 10, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
      messages: [
        { content: [{ text: "hello" }] },
        { content: [{ text: "hi" }] },
        { content: [{ text: "what is it?" }] },
      ],
    });
    expect(body.messages).toHaveLength(4);
  });

  test("streams chunks between start and done, which says the same as the answer in one piece", async () => {
    door.bedrock.play([{ answer: { text: ["a ", "pump"], usage: { inputTokens: 5, outputTokens: 2 } } }]);
    const events = await door.stream(toModel);
    expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "chunk", "done"]);
    expect(dataOf(events, "start")).toMatchObject({ sessionId: "s-1", route: { kind: "model", model: MODEL } });
    const inOnePiece = (await door.invoke(toModel)).body;
    expect({ ...dataOf(events, "done"), requestId: "" }).toEqual({ ...inOnePiece, requestId: "" });
    expect(door.bedrock.calls.map(({ operation }) => operation)).toEqual(["ConverseStream", "Converse"]);
  });

  test("keeps characters whole and in order, whatever they are", async () => {
    const text = ["Grüße, ", "世界 ", "🚀\n\ndata: x\r\n", "\u2028 end"];
    door.bedrock.play([{ answer: { text } }]);
    expect(textOf(await door.stream(toModel))).toBe(text.join(""));
  });

  test("has its tokens and time in the metrics, by agent and model", async () => {
    door.metrics.length = 0;
    door.bedrock.play([{ answer: { usage: { inputTokens: 30, outputTokens: 12 } } }]);
    await door.invoke({ ...toModel, route: { model: OTHER_MODEL } });
    expect(door.metrics.find(({ Model }) => Model === OTHER_MODEL)).toMatchObject({
      Agent: "aws-agent-core",
      operation: "Converse",
      status: "completed",
      TokensConsumed: 42,
      inputTokens: 30,
      outputTokens: 12,
      session_id: "s-1",
    });
  });
});

test("a model, and a route, that are not configured are refused with what there is", async () => {
  door.bedrock.play([{ answer: {} }]);
  const unknown = await door.invoke({ ...toModel, route: { model: "gpt-9" } });
  expect(unknown.status).toBe(400);
  expect(unknown.body.error).toMatchObject({ code: "UnknownModel", details: { models: [MODEL, OTHER_MODEL] } });
  expect(unknown.body.error.message).toContain(OTHER_MODEL);
  for (const [route, entry] of [
    [{ workflow: true }, /agent: langgraph/],
    [{ cortex: { operation: "search" } }, /agent: snowflake-cortex/],
  ] as const) {
    const { status, body } = await door.invoke({ input: "x", route });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "RouteNotConfigured", message: expect.stringMatching(entry) });
  }
  expect(door.bedrock.calls).toEqual([]);
});

describe("trouble before anything was sent to the client", () => {
  const throttled = { refuse: { status: 429, type: "ThrottlingException", message: "Too many requests" } };

  test.each(["/invoke", "/invoke/stream"])("throttling passes unseen when it passes: %s", async (path) => {
    door.bedrock.play([{ times: 2, answer: throttled }, { answer: { text: ["at last"] } }]);
    const answer = await door.post(path, toModel);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("at last");
    expect(door.bedrock.calls).toHaveLength(3);
    const told = door.logs
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === `the model ${MODEL} is asked again`);
    expect(told.slice(-2)).toMatchObject([1, 2].map((attempt) => ({ attempt, err: { type: "ThrottlingException" } })));
  });

  test.each(["/invoke", "/invoke/stream"])(
    "throttling that stays is a 429 with Retry-After, after three calls: %s",
    async (path) => {
      door.bedrock.play([{ answer: throttled }]);
      const answer = await door.post(path, toModel);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ error: { code: "Throttled", retryable: true } });
      expect(door.bedrock.calls).toHaveLength(3);
    },
  );

  test("a longer pause that Bedrock asks for is passed on to the client", async () => {
    door.bedrock.play([{ answer: { refuse: { ...throttled.refuse, retryAfter: "30" } } }]);
    const { status, headers } = await door.invoke(toModel);
    expect(status).toBe(429);
    expect(headers.get("retry-after")).toBe("30");
    expect(door.bedrock.calls).toHaveLength(1);
  });

  test("an exception or a cut before the first text is tried again in a stream", async () => {
    for (const end of [{ exception: "throttlingException", message: "slow" }, "cut"] as const) {
      door.bedrock.play([{ times: 1, answer: { text: [], end } }, { answer: { text: ["whole"] } }]);
      expect(textOf(await door.stream(toModel))).toBe("whole");
      expect(door.bedrock.calls).toHaveLength(2);
    }
  });

  test.each([
    ["AccessDeniedException", 403, 502, "ModelAccessDenied", /not granted.*bedrock\.models/],
    ["ValidationException", 400, 400, "RefusedByBedrock", /arn:aws:secret/],
    ["ResourceNotFoundException", 404, 502, "ModelNotFound", /bedrock\.models/],
    ["ServiceQuotaExceededException", 400, 429, "QuotaExceeded", /Service Quotas/],
    ["ModelTimeoutException", 408, 504, "ModelTimeout", /ask for less/],
    ["ExpiredTokenException", 403, 503, "CredentialsRefused", /task role/],
    ["UnheardOfException", 418, 502, "BedrockRefused", /UnheardOfException/],
  ])("%s is not tried again and says what to do", async (type, status, ours, code, message) => {
    const refuse = { status, type, message: "arn:aws:secret is in it" };
    door.bedrock.play([{ answer: { refuse } }]);
    const { body, status: answered } = await door.invoke(toModel);
    expect(answered).toBe(ours);
    expect(body.error).toMatchObject({ code, message: expect.stringMatching(message) });
    // What AWS says of roles and resources is for the log, unless the client can mend it.
    if (ours >= 500) expect(body.error.message).not.toContain("arn:aws:secret");
    expect(door.bedrock.calls).toHaveLength(1);
  });

  test.each([
    ["ModelNotReadyException", 429, "ModelNotReady"],
    ["ServiceUnavailableException", 503, "BedrockUnavailable"],
    ["InternalServerException", 500, "BedrockFailed"],
    ["ModelErrorException", 424, "ModelFailed"],
  ])("%s is tried again, and retryable when it stays", async (type, status, code) => {
    door.bedrock.play([{ answer: { refuse: { status, type, message: "no" } } }]);
    const { body } = await door.invoke(toModel);
    expect(body.error).toMatchObject({ code, retryable: true });
    expect(door.bedrock.calls).toHaveLength(3);
  });
});

describe("trouble in mid-stream", () => {
  test.each([
    [{ exception: "throttlingException", message: "slow" }, "Throttled", true],
    [{ exception: "modelStreamErrorException", message: "broke" }, "ModelFailed", true],
    [{ exception: "modelTimeoutException", message: "late" }, "ModelTimeout", true],
    [{ exception: "validationException", message: "bad" }, "RefusedByBedrock", false],
    ["cut", "BedrockUnreachable", true],
    ["short", "StreamCut", true],
    ["stall", "ModelStalled", true],
  ] as const)(
    "%j is told as an error event after what was sent, and nothing is sent twice",
    async (end, code, retryable) => {
      door.bedrock.play([{ answer: { text: ["half"], end } }]);
      const events = await door.stream(toModel);
      expect(textOf(events)).toBe("half");
      expect(events.at(-1)).toMatchObject({ event: "error", data: { code, retryable } });
      expect(door.bedrock.calls).toHaveLength(1);
    },
  );

  test("a client that goes ends the call of Bedrock, and counts as cancelled", async () => {
    door.metrics.length = 0;
    door.bedrock.play([{ answer: { text: Array(200).fill("x"), everyMs: 20 } }]);
    const gone = new AbortController();
    const answer = await door.post("/invoke/stream", toModel, { signal: gone.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    gone.abort();
    await until("the call of Bedrock is gone", () => door.bedrock.calls[0]?.outcome === "gone", LONGEST_MS);
    await until("both metrics are written", () => door.metrics.length === 2, LONGEST_MS);
    expect(door.metrics.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
    expect(door.metrics.every(({ ErrorRate }) => ErrorRate === 0)).toBe(true);
  });

  test("a client that goes while its answer is waited for ends the call of Bedrock too", async () => {
    door.bedrock.play([{ answer: { delayMs: 5_000 } }]);
    const gone = new AbortController();
    const answer = door.post("/invoke", toModel, { signal: gone.signal });
    await until("Bedrock is called", () => door.bedrock.calls.length === 1, LONGEST_MS);
    gone.abort();
    await expect(answer).rejects.toThrow();
    await until("the call of Bedrock is gone", () => door.bedrock.calls[0]?.outcome === "gone", LONGEST_MS);
  });
});

describe("a stream that had to begin with a heartbeat", () => {
  let patient: Door;
  beforeAll(async () => {
    patient = await openDoor({}, { heartbeatMs: 50 });
  });
  afterAll(() => patient.stop());

  test("goes on with what the model says at last", async () => {
    patient.bedrock.play([{ answer: { text: ["a", "b"], everyMs: 250 } }]);
    const text = await patient.post("/invoke/stream", toModel).then((answer) => answer.text());
    expect(text.match(/^: heartbeat$/gm)?.length).toBeGreaterThanOrEqual(4);
    expect(text).toMatch(/event: done\n/);
  });

  test("ends with an error event where it could not have a status any more", async () => {
    const refuse = { status: 403, type: "AccessDeniedException", message: "no" };
    patient.bedrock.play([{ answer: { delayMs: 200, refuse } }]);
    const events = await patient.stream(toModel);
    expect(events.map(({ event }) => event)).toEqual(["error"]);
    expect(dataOf(events, "error")).toMatchObject({ code: "ModelAccessDenied", retryable: false });
  });
});

test("a client that reads slowly slows the model down, and is not taken for a model that is silent", async () => {
  const text = Array(300).fill("x".repeat(100_000));
  door.bedrock.play([{ answer: { text } }]);
  const answer = await door.post("/invoke/stream", toModel);
  await sleep(1_300);
  expect(door.bedrock.calls[0]?.outcome).toBe("running");
  const whole = await answer.text();
  expect(whole).toMatch(/event: done\n/);
  expect(whole.match(/event: chunk\n/g)).toHaveLength(text.length);
  expect(door.bedrock.calls[0]?.outcome).toBe("answered");
});

describe("a guardrail that intervenes", () => {
  const answer = { text: ["I may not say that."], stopReason: "guardrail_intervened" };

  test("is an answer, not an error, and leaves no trace in the conversation", async () => {
    door.bedrock.play([{ answer }]);
    const { status, body } = await door.invoke(toModel);
    expect(status).toBe(200);
    expect(body).toMatchObject({ output: "I may not say that.", stopReason: "guardrail_intervened", messages: [] });
  });

  test("is an event of a stream", async () => {
    door.bedrock.play([{ answer }]);
    const events = await door.stream(toModel);
    expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "guardrail", "done"]);
    expect(dataOf(events, "guardrail")).toMatchObject({ trace: { actionReason: "Guardrail blocked." } });
  });
});

test("an answer without a word is an answer, and is not kept in the conversation", async () => {
  door.bedrock.play([{ answer: { text: [] } }]);
  const { status, body } = await door.invoke(toModel);
  expect(status).toBe(200);
  expect(body).toMatchObject({ output: "", messages: [] });
});
