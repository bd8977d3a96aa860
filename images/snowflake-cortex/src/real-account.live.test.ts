import { startAgent } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asCortex, type Cortex } from "./testing/cortex.ts";

/**
 * Runs against a real account, and costs a little: AGENTORCH_REAL_SNOWFLAKE=1 with the agent's own variables
 * (docs/agents/snowflake-cortex.md), of which SNOWFLAKE_SEARCH_SERVICE and SNOWFLAKE_SEMANTIC_VIEW may be left out.
 */
const wanted = process.env.AGENTORCH_REAL_SNOWFLAKE === "1";
const reason = wanted ? "" : " (skipped: AGENTORCH_REAL_SNOWFLAKE is not 1)";
const given = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("SNOWFLAKE")));
const wait = (seconds: number) => `select system$wait(${seconds})`;

describe.skipIf(!wanted)(`a real account${reason}`, () => {
  let cortex: Cortex;

  beforeAll(async () => {
    const main = new URL("main.ts", import.meta.url);
    cortex = asCortex(await startAgent({ main, env: { AGENT_NAME: "snowflake-cortex", ...given } }));
    await cortex.ready();
  }, 60_000);
  afterAll(() => cortex?.stop());

  test("a key pair logs in, and its role is found to read only", async () => {
    expect(cortex.entries()).toContainEqual(expect.objectContaining({ msg: "the role only reads" }));
  });

  test("values, binds and pages come as from the stand-in", async () => {
    const sql =
      "select ? as a, 1.50::number(10,2), 12345678901234567890123::number(38,0), '2024-01-02 03:04:05.5 +02:00'::timestamp_tz(3), '12:34:56.789'::time(3), to_binary('CAFE'), parse_json('[1]'), null";
    const { body } = await cortex.post("/query", { sql, binds: ["x"] });
    const moment = "2024-01-02T03:04:05.500+02:00";
    expect(body.rows).toEqual([["x", 1.5, "12345678901234567890123", moment, "12:34:56.789", "CAFE", [1], null]]);
    const many = await cortex.post("/query", {
      sql: "select seq4() from table(generator(rowcount => 20000))",
      pageRows: 10,
    });
    expect(many.body.rowCount).toBe(20_000);
    const next = await cortex.post("/query/next", { cursor: many.body.nextCursor, pageRows: 10 });
    expect(next.body.rows).toHaveLength(10);
  });

  test("the most rows are not computed", async () => {
    const sql = "select seq4() from table(generator(rowcount => 1000))";
    const { body } = await cortex.post("/query", { sql, maxRows: 10 });
    expect(body).toMatchObject({ rowCount: 10, truncated: true });
  });

  test("the time limit and a client that goes end a statement", async () => {
    const late = await cortex.post("/query", { sql: wait(20), timeoutSeconds: 2 });
    expect([late.status, late.body.error.code]).toEqual([504, "StatementTimeout"]);
    const client = new AbortController();
    const gone = cortex
      .post("/query", { sql: wait(21) }, { signal: client.signal })
      .catch((error: Error) => error.name);
    setTimeout(() => client.abort(), 2_000);
    expect(await gone).toBe("AbortError");
    expect((await cortex.post("/query", { sql: "select 1" })).status).toBe(200);
  });

  test("a model answers whole and streamed, with its tokens", async () => {
    const whole = await cortex.post("/complete", { prompt: "Answer with the word yes.", maxTokens: 10 });
    expect(whole.body).toMatchObject({
      text: expect.stringMatching(/yes/i),
      usage: { inputTokens: expect.any(Number) },
    });
    const streamed = await cortex.post("/complete", {
      prompt: "Answer with the word yes.",
      maxTokens: 10,
      stream: true,
    });
    expect(streamed.text).toMatch(/event: done/);
  });

  test.skipIf(!given.SNOWFLAKE_SEMANTIC_VIEW)("Analyst answers", async () => {
    expect((await cortex.post("/analyst", { question: "What can I ask?" })).status).toBe(200);
  });

  test.skipIf(!given.SNOWFLAKE_SEARCH_SERVICE)("Search answers", async () => {
    expect((await cortex.post("/search", { query: "anything", limit: 1 })).status).toBe(200);
  });
});
