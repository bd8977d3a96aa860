import { Readable } from "node:stream";
import { readEvents, type StreamedEvent } from "@agentorchestrator/shared";
import { type AgentProcess, type Collector, startAgent, startCollector } from "@agentorchestrator/shared/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BedrockStub, startBedrock } from "../../../test/support/bedrock/stub.ts";

/** The agent as a process of its own, as its image runs it. */
const main = new URL("main.ts", import.meta.url);
const MODEL = "amazon.nova-lite-v1:0";
const CANARY = "sk-lf-canary-4f1c9a7e";

let bedrock: BedrockStub;
let collector: Collector;
let agent: AgentProcess | undefined;
beforeAll(async () => {
  bedrock = await startBedrock([]);
  collector = await startCollector();
});
afterEach(async () => {
  await agent?.kill();
  agent = undefined;
});
afterAll(async () => {
  await bedrock.stop();
  await collector.stop();
});

const start = async (env: NodeJS.ProcessEnv = {}): Promise<AgentProcess> => {
  agent = await startAgent({
    main,
    env: {
      AGENT_NAME: "aws-agent-core",
      BEDROCK_MODELS: MODEL,
      AWS_SECRET_ACCESS_KEY: CANARY,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: bedrock.url,
      ...env,
    },
  });
  return agent;
};

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });

describe("the process", () => {
  test("ends with 78 and names what is missing, when the environment cannot be used", async () => {
    const wrong = await startAgent({ main, env: { AGENT_NAME: "", BEDROCK_AGENTS: "x" }, until: false });
    expect(await wrong.exited).toBe(78);
    expect(wrong.entries().at(-1)?.msg).toMatch(/AGENT_NAME is missing.*BEDROCK_AGENTS is wrong/);
  });

  test("is ready with credentials, and says why when it has none", async () => {
    const good = await start();
    expect((await fetch(`${good.url}/ready`)).status).toBe(200);
    await good.kill();
    const bad = await start({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SHARED_CREDENTIALS_FILE: "/none" });
    const answer = await fetch(`${bad.url}/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: { credentials: { status: "failed" } } });
    expect((await fetch(`${bad.url}/health`)).status).toBe(200);
  });

  test("lets a stream end that is at work when it is told to stop, and then exits with 0", async () => {
    bedrock.play([{ answer: { text: Array.from({ length: 20 }, (_, index) => `${index} `), everyMs: 50 } }]);
    const { url, stop, entries } = await start();
    const answer = await post(`${url}/invoke/stream`, { input: "count", route: { model: MODEL } });
    const events: StreamedEvent[] = [];
    let stopped: Promise<number | string> | undefined;
    for await (const event of readEvents(Readable.fromWeb(answer.body as never))) {
      events.push(event);
      stopped ??= stop();
    }
    expect(events.at(-1)?.event).toBe("done");
    expect(events.filter(({ event }) => event === "chunk")).toHaveLength(20);
    expect(await stopped).toBe(0);
    expect(entries().map(({ msg }) => msg)).toContain("drained");
  });

  test("ends a stream that takes longer than the drain with an error that may be tried again", async () => {
    bedrock.play([{ answer: { text: ["begun"], end: "stall" } }]);
    const { url, stop } = await start({ DRAIN_SECONDS: "1" });
    const answer = await post(`${url}/invoke/stream`, { input: "x", route: { model: MODEL } });
    const events: StreamedEvent[] = [];
    let stopped: Promise<number | string> | undefined;
    for await (const event of readEvents(Readable.fromWeb(answer.body as never))) {
      events.push(event);
      stopped ??= stop();
    }
    expect(events.at(-1)).toMatchObject({ event: "error", data: { code: "ShuttingDown", retryable: true } });
    expect(await stopped).toBe(0);
  });
});

describe("what it tells of its work", () => {
  const langfuse = () => ({
    LANGFUSE_BASE_URL: collector.url,
    LANGFUSE_PUBLIC_KEY: "pk-lf-test",
    LANGFUSE_SECRET_KEY: CANARY,
  });

  test("is a trace with a generation and its tokens, logs and metrics of the same ids, and no secret", async () => {
    bedrock.play([{ answer: { text: ["hello"], usage: { inputTokens: 21, outputTokens: 8 } } }]);
    const { url, stop, logs, entries } = await start(langfuse());
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const headers = { traceparent, authorization: `Bearer ${CANARY}` };
    const answer = await post(`${url}/invoke`, { input: "hi", sessionId: "s-77", route: { model: MODEL } }, headers);
    expect(answer.status).toBe(200);
    const spans = await collector.until((all) => all.some(({ name }) => name === "invoke"));
    const generation = spans.find(({ name }) => name === "Converse");
    expect(generation?.traceId).toBe(traceId);
    expect(generation?.attributes).toMatchObject({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": MODEL,
      "langfuse.observation.usage_details": JSON.stringify({ input: 21, output: 8 }),
      "session.id": "s-77",
    });
    await stop();
    const metric = entries().find(({ Model }) => Model === MODEL);
    expect(metric).toMatchObject({ TokensConsumed: 29, session_id: "s-77", trace_id: traceId });
    expect(entries().find(({ msg }) => msg === "POST /invoke")).toMatchObject({ trace_id: traceId, status: 200 });
    expect(logs.join("\n")).not.toContain(CANARY);
    expect(collector.requests.map(({ body }) => body).join("\n")).not.toContain(CANARY);
  });

  test("delays no answer when the collector is away", async () => {
    bedrock.play([{ answer: {} }]);
    const { url } = await start({ ...langfuse(), LANGFUSE_BASE_URL: "http://127.0.0.1:9" });
    const began = performance.now();
    expect((await post(`${url}/invoke`, { input: "x" })).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

test("a hundred requests at once are served or refused, and none is lost", async () => {
  bedrock.play([{ answer: { text: ["a", "b"], everyMs: 10 } }]);
  const { url } = await start({ MAX_CONCURRENT_REQUESTS: "40" });
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const answer = await post(`${url}/invoke/stream`, { input: `request ${index}`, route: { model: MODEL } });
      return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("retry-after") };
    }),
  );
  const served = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 503);
  expect(served.length + refused.length).toBe(100);
  expect(served.length).toBeGreaterThanOrEqual(40);
  expect(served.every(({ text }) => text.includes("event: done"))).toBe(true);
  expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
  expect(bedrock.calls).toHaveLength(served.length);
});
