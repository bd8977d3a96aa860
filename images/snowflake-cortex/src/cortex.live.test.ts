import { type Collector, startCollector } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { type Cortex, startCortex } from "./testing/cortex.ts";

let snowflake: Snowflake;
let collector: Collector;
let cortex: Cortex;

beforeAll(async () => {
  snowflake = await startSnowflake();
  collector = await startCollector();
  cortex = await startCortex(snowflake, {
    SNOWFLAKE_SEMANTIC_VIEW: "DB1.PUBLIC.SALES",
    LANGFUSE_BASE_URL: collector.url,
    LANGFUSE_PUBLIC_KEY: "pk-lf-test",
    LANGFUSE_SECRET_KEY: "sk-lf-test",
  });
  await cortex.ready();
});
afterAll(async () => {
  await cortex?.stop();
  await collector?.stop();
  await snowflake?.stop();
});
beforeEach(() => snowflake.change({ faults: [], completions: [], answers: {}, log: [] }));

const events = (text: string) =>
  text
    .trim()
    .split("\n\n")
    .map((block) => {
      const [, event = "", data = ""] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      return { event, data: JSON.parse(data) };
    });
const claims = (authorization: unknown) =>
  JSON.parse(Buffer.from(String(authorization).split(".")[1] ?? "", "base64url").toString());

describe("POST /complete", () => {
  test("asks the model by SQL, with everything bound, and tells its tokens", async () => {
    await snowflake.change({ completions: ["It's 42."] });
    const { status, body } = await cortex.post("/complete", {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What's the answer?" },
      ],
      model: "mistral-large2",
      temperature: 0.2,
      topP: 0.9,
      maxTokens: 100,
      guardrails: true,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      model: "mistral-large2",
      text: "It's 42.",
      usage: { inputTokens: 11, outputTokens: 7 },
      queryId: expect.any(String),
    });
    expect(await snowflake.asked("complete")).toMatchObject([
      {
        model: "mistral-large2",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "What's the answer?" },
        ],
        options: { temperature: 0.2, top_p: 0.9, max_tokens: 100, guardrails: true },
      },
    ]);
    const metrics = cortex.entries().filter((entry) => entry.Model === "mistral-large2");
    expect(metrics).toMatchObject([
      {
        TokensConsumed: 18,
        inputTokens: 11,
        outputTokens: 7,
        CompletionStatus: 1,
        ErrorRate: 0,
        operation: "Complete",
      },
    ]);
    const spans = await collector.until((all) => all.some(({ name }) => name === "complete"));
    const span = spans.find(({ name }) => name === "complete");
    expect(span?.attributes["langfuse.observation.type"]).toBe("generation");
    expect(String(span?.attributes["langfuse.observation.usage_details"])).toContain("11");
  });

  test("streams an answer as it comes, and ends with the whole and its tokens", async () => {
    await snowflake.change({ completions: ["one two three"] });
    const { status, headers, text } = await cortex.post("/complete", { prompt: "count", stream: true });
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(events(text)).toEqual([
      { event: "chunk", data: { text: "one " } },
      { event: "chunk", data: { text: "two " } },
      { event: "chunk", data: { text: "three" } },
      {
        event: "done",
        data: { model: "claude-4-sonnet", text: "one two three", usage: { inputTokens: 11, outputTokens: 7 } },
      },
    ]);
    const [asked] = await snowflake.asked("rest");
    expect(asked?.body).toMatchObject({
      model: "claude-4-sonnet",
      stream: true,
      messages: [{ role: "user", content: "count" }],
    });
  });

  test("an answer that breaks off is not told as whole", async () => {
    await snowflake.change({ completions: ["one two"], faults: [{ match: "^cut$", code: "" }] });
    const { text } = await cortex.post("/complete", { prompt: "count", stream: true });
    const told = events(text);
    expect(told.map(({ event }) => event)).toEqual(["chunk", "chunk", "error"]);
    expect(told.at(-1)?.data).toMatchObject({ code: "CompletionMalformed", retryable: true });
  });

  test("asks once for requests with the same key, and repeats the answer", async () => {
    await snowflake.change({ completions: ["first", "second"] });
    const headers = { "idempotency-key": "k-1" };
    const answers = [];
    for (let time = 0; time < 2; time += 1) answers.push(await cortex.post("/complete", { prompt: "x" }, { headers }));
    expect(answers.map(({ body }) => body.text)).toEqual(["first", "first"]);
    expect(answers.map((answer) => answer.headers.get("idempotency-replayed"))).toEqual(["false", "true"]);
    expect(await snowflake.asked("complete")).toHaveLength(1);
    const other = await cortex.post("/complete", { prompt: "y" }, { headers });
    expect([other.status, other.body.error.code]).toEqual([422, "IdempotencyKeyReused"]);
  });

  test("refuses what no model could answer", async () => {
    for (const body of [
      {},
      { prompt: "x", messages: [{ role: "user", content: "x" }] },
      { messages: [{ role: "assistant", content: "x" }] },
      { prompt: "x", temperature: 2 },
      { prompt: "x", stream: true, guardrails: true },
    ]) {
      const answer = await cortex.post("/complete", body);
      expect([answer.status, answer.body.error.code]).toEqual([400, "InvalidRequest"]);
    }
    expect(await snowflake.asked("complete")).toEqual([]);
  });

  test("says that an answer is none", async () => {
    await snowflake.change({
      results: [{ match: "CORTEX.COMPLETE", columns: [{ name: "A", type: "text" }], rows: [["nonsense"]] }],
    });
    const { status, body } = await cortex.post("/complete", { prompt: "x" });
    expect([status, body.error.code, body.error.retryable]).toEqual([502, "CompletionMalformed", true]);
    await snowflake.change({ results: [] });
  });
});

describe("POST /analyst", () => {
  test("answers a question with words and a statement, with a token that names user, key and role", async () => {
    const { status, body } = await cortex.post("/analyst", { question: "How many orders?" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      text: "We interpreted your question as …",
      sql: "SELECT 1",
      suggestions: [],
      warnings: [],
    });
    const [asked] = await snowflake.asked("rest");
    expect(asked?.path).toBe("/api/v2/cortex/analyst/message");
    expect(asked?.body).toEqual({
      messages: [{ role: "user", content: [{ type: "text", text: "How many orders?" }] }],
      semantic_view: "DB1.PUBLIC.SALES",
    });
    const headers = asked?.headers as Record<string, string>;
    expect(headers).toMatchObject({
      "x-snowflake-authorization-token-type": "KEYPAIR_JWT",
      "x-snowflake-role": "READER",
    });
    const { iss, sub, iat, exp } = claims(headers.authorization);
    expect(sub).toBe("TESTORG-TEST.AGENT");
    expect(iss).toMatch(/^TESTORG-TEST\.AGENT\.SHA256:[\w+/]{43}=$/);
    expect(exp - iat).toBeLessThanOrEqual(3_600);
  });

  test("goes on with a conversation, over several models", async () => {
    const first = await cortex.post("/analyst", { question: "How many orders?" });
    const messages = [
      { role: "user", content: [{ type: "text", text: "How many orders?" }] },
      first.body.message,
      { role: "user", content: [{ type: "text", text: "And last year?" }] },
    ];
    const semanticModels = [{ semanticView: "A.B.C" }, { semanticModelFile: "@A.B.STAGE/m.yaml" }];
    const { status } = await cortex.post("/analyst", { messages, semanticModels });
    expect(status).toBe(200);
    const asked = (await snowflake.asked("rest")).at(-1);
    expect(asked?.body).toEqual({
      messages,
      semantic_models: [{ semantic_view: "A.B.C" }, { semantic_model_file: "@A.B.STAGE/m.yaml" }],
    });
  });

  test("tells suggestions and warnings where the question is not clear", async () => {
    const content = [
      { type: "text", text: "Ambiguous." },
      { type: "suggestions", suggestions: ["Orders this year?", "Orders last year?"] },
    ];
    await snowflake.change({
      answers: {
        analyst: { request_id: "r", message: { role: "analyst", content }, warnings: [{ message: "old model" }] },
      },
    });
    const { body } = await cortex.post("/analyst", { question: "Orders?" });
    expect(body).toMatchObject({ suggestions: ["Orders this year?", "Orders last year?"], warnings: ["old model"] });
    expect(body.sql).toBeUndefined();
  });

  test("says that an answer has not the documented form", async () => {
    await snowflake.change({ answers: { analyst: { hello: 1 } } });
    const { status, body } = await cortex.post("/analyst", { question: "Orders?" });
    expect([status, body.error.code]).toEqual([502, "SnowflakeMalformed"]);
  });
});

describe("POST /search", () => {
  test("searches the service by its whole name", async () => {
    const filter = { "@eq": { region: "EU" } };
    const { status, body } = await cortex.post("/search", {
      query: "returns",
      service: 'OTHER."my schema".DOCS',
      columns: ["title"],
      filter,
      limit: 2,
    });
    expect([status, body.results]).toEqual([200, [{ title: "title 0" }, { title: "title 1" }]]);
    const [asked] = await snowflake.asked("rest");
    expect(asked?.path).toBe('/api/v2/databases/OTHER/schemas/"my schema"/cortex-search-services/DOCS:query');
    expect(asked?.body).toEqual({ query: "returns", columns: ["title"], filter, limit: 2 });
  });

  test.each([
    [undefined, "SearchServiceMissing"],
    ["a.b.c.d", "SearchServiceInvalid"],
    ["a..b", "SearchServiceInvalid"],
    ["../../x", "SearchServiceInvalid"],
  ])("refuses the service %s", async (service, code) => {
    const { status, body } = await cortex.post("/search", { query: "x", service });
    expect([status, body.error.code]).toEqual([400, code]);
    expect(await snowflake.asked("rest")).toEqual([]);
  });

  test.each([
    [400, "SnowflakeRefused", 400, 1],
    [403, "SnowflakeForbidden", 403, 1],
    [404, "SnowflakeNotFound", 404, 1],
    [429, "SnowflakeThrottled", 429, 3],
    [500, "SnowflakeUnavailable", 503, 1],
    [503, "SnowflakeUnavailable", 503, 3],
  ])("HTTP %i of Snowflake is told as %s, after %4$i tries", async (status, code, told, tries) => {
    await snowflake.change({
      faults: [{ match: "cortex-search", code: "399999", message: "as scripted", status, times: 100 }],
    });
    const answer = await cortex.post("/search", { query: "x", service: "docs" });
    expect([answer.status, answer.body.error.code]).toEqual([told, code]);
    expect(answer.body.error.message).toContain("as scripted");
    expect(answer.body.error.details).toMatchObject({ httpStatus: status, snowflakeCode: "399999" });
    expect(await snowflake.asked("rest")).toHaveLength(tries);
  });

  test("comes again where Snowflake was busy for a moment", async () => {
    await snowflake.change({ faults: [{ match: "cortex-search", code: "1", status: 429, times: 1 }] });
    const { status } = await cortex.post("/search", { query: "x", service: "docs" });
    expect(status).toBe(200);
    expect(await snowflake.asked("rest")).toHaveLength(2);
  });

  test("a refused token is signed anew, once", async () => {
    await snowflake.change({ faults: [{ match: "cortex-search", code: "390144", status: 401, times: 1 }] });
    expect((await cortex.post("/search", { query: "x", service: "docs" })).status).toBe(200);
    await snowflake.change({ faults: [{ match: "cortex-search", code: "390144", status: 401, times: 5 }], log: [] });
    const { status, body } = await cortex.post("/search", { query: "x", service: "docs" });
    expect([status, body.error.code]).toEqual([502, "SnowflakeAuthentication"]);
    expect(await snowflake.asked("rest")).toHaveLength(2);
  });
});
