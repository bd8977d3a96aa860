import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { type Cortex, startCortex } from "./testing/cortex.ts";

let snowflake: Snowflake;
let cortex: Cortex;

beforeAll(async () => {
  snowflake = await startSnowflake();
  await snowflake.change({ rows_a_file: 100 });
  cortex = await startCortex(snowflake, { SNOWFLAKE_MAX_ROWS: "1000", SNOWFLAKE_MAX_BYTES: "4096" });
  await cortex.ready();
});
afterAll(async () => {
  await cortex?.stop();
  await snowflake?.stop();
});

const numbers = (count: number) => `select seq4() as n from table(generator(rowcount => ${count}))`;
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("POST /query", () => {
  test("answers with columns and rows of the engine", async () => {
    const { status, body } = await cortex.post("/query", {
      sql: "select 7 as a, 'x' as b, 1.50::decimal(10,2) as c, true as d, null as e, 1.25::double as f, parse_json('{\"k\":[1]}') as g",
    });
    expect(status).toBe(200);
    expect(body.rows).toEqual([[7, "x", 1.5, true, null, 1.25, { k: [1] }]]);
    expect(body.columns[2]).toEqual({ name: "C", type: "fixed", nullable: true, precision: 10, scale: 2 });
  });

  test("sends values apart from the statement, so that they are never read as SQL", async () => {
    const binds = [1, "x'; drop table t; --", 2.5, true, null];
    const sql = "select ?, ?, cast(? as double), ?, ?";
    const { body } = await cortex.post("/query", { sql, binds });
    expect(body.rows).toEqual([[1, "x'; drop table t; --", 2.5, true, null]]);
    const asked = (await snowflake.asked("statement")).at(-1);
    expect(asked?.sql).toBe(sql);
  });

  test("turns every type of Snowflake's wire into JSON without losing a digit", async () => {
    await snowflake.change({
      results: [
        {
          match: "all_types",
          columns: [
            { name: "BIG", type: "fixed", more: { precision: 38, scale: 0 } },
            { name: "SMALL", type: "fixed", more: { precision: 38, scale: 0 } },
            { name: "EXACT", type: "fixed", more: { precision: 38, scale: 10 } },
            { name: "NOT_A_NUMBER", type: "real" },
            { name: "DAY", type: "date" },
            { name: "CLOCK", type: "time", more: { scale: 3 } },
            { name: "NTZ", type: "timestamp_ntz", more: { scale: 9 } },
            { name: "LTZ", type: "timestamp_ltz", more: { scale: 0 } },
            { name: "TZ", type: "timestamp_tz", more: { scale: 3 } },
            { name: "BYTES", type: "binary" },
            { name: "CODE", type: "variant" },
            { name: "LIST", type: "array" },
            { name: "MARKUP", type: "variant" },
            { name: "NOTHING", type: "variant" },
          ],
          rows: [
            [
              "12345678901234567890123456789012345678",
              "-9007199254740991",
              "1234567890123456.0123456789",
              "NaN",
              "19724",
              "45296.789",
              "1704164645.123456789",
              "1704164645",
              "1704164645.500 1560",
              "CAFE00",
              "process.exit(3)",
              '[1,{"a":null}]',
              "<a>1</a>",
              null,
            ],
          ],
        },
      ],
    });
    const { body } = await cortex.post("/query", { sql: "select * from all_types" });
    expect(body.rows).toEqual([
      [
        "12345678901234567890123456789012345678",
        -9007199254740991,
        "1234567890123456.0123456789",
        "NaN",
        "2024-01-02",
        "12:34:56.789",
        "2024-01-02T03:04:05.123456789",
        "2024-01-02T03:04:05Z",
        "2024-01-02T05:04:05.500+02:00",
        "CAFE00",
        "process.exit(3)",
        [1, { a: null }],
        "<a>1</a>",
        null,
      ],
    ]);
    await snowflake.change({ results: [] });
  });

  test("pages through a result by cursor, fetching only the files that hold the page's rows", async () => {
    const first = await cortex.post("/query", { sql: numbers(500), pageRows: 50 });
    expect(first.body).toMatchObject({ rowCount: 500, truncated: false });
    await snowflake.change({ log: [] });
    const pages = [first.body.rows];
    let cursor = first.body.nextCursor;
    while (cursor) {
      const { status, body } = await cortex.post("/query/next", { cursor, pageRows: 170 });
      expect(status).toBe(200);
      pages.push(body.rows);
      cursor = body.nextCursor;
    }
    expect(pages.map((rows) => rows.length)).toEqual([50, 170, 170, 110]);
    expect(pages.flat(2)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(await snowflake.asked("statement")).toEqual([]);
    const files = (await snowflake.asked("file")).map(({ number }) => number);
    expect(files, "rows 50-219, 220-389, 390-499; the first hundred are in the answer").toEqual([0, 1, 1, 2, 2, 3]);
  });

  test("goes on with a cursor on another replica", async () => {
    const { body } = await cortex.post("/query", { sql: numbers(10), pageRows: 4 });
    const other = await startCortex(snowflake);
    try {
      const next = await other.post("/query/next", { cursor: body.nextCursor, pageRows: 100 });
      expect(next.body.rows).toEqual([[4], [5], [6], [7], [8], [9]]);
    } finally {
      await other.stop();
    }
  });

  test("refuses a cursor that it did not make, so that limits of rows hold", async () => {
    const { body } = await cortex.post("/query", { sql: numbers(10), pageRows: 4 });
    const forged = Buffer.concat([Buffer.alloc(16), Buffer.from(JSON.stringify([body.queryId, 0, 1000]))]);
    const answer = await cortex.post("/query/next", { cursor: forged.toString("base64url") });
    expect([answer.status, answer.body.error.code]).toEqual([400, "CursorInvalid"]);
  });

  test("says that a result has more rows than may be read, and lets Snowflake compute no more of them", async () => {
    const { body } = await cortex.post("/query", { sql: numbers(2_000), pageRows: 5, maxRows: 20 });
    expect(body).toMatchObject({ rowCount: 20, truncated: true });
    const next = await cortex.post("/query/next", { cursor: body.nextCursor, pageRows: 100 });
    expect(next.body.rows).toHaveLength(15);
    expect(next.body).toMatchObject({ truncated: true });
    expect(next.body.nextCursor).toBeUndefined();
    const [asked] = (await snowflake.asked("statement")).slice(-1);
    expect(asked?.parameters).toMatchObject({ ROWS_PER_RESULTSET: 21 });
    const most = await cortex.post("/query", { sql: numbers(2_000), pageRows: 1, maxRows: 1_000_000 });
    expect(most.body).toMatchObject({ rowCount: 1_000, truncated: true });
  });

  test("ends a page at the limit of bytes, and leads on from there", async () => {
    const { body } = await cortex.post("/query", {
      sql: "select repeat('x', 1000) as t from table(generator(rowcount => 10))",
    });
    expect(body.rows).toHaveLength(4);
    const next = await cortex.post("/query/next", { cursor: body.nextCursor });
    expect(next.body.rows).toHaveLength(4);
    const answer = await cortex.post("/query", { sql: "select repeat('x', 10000) as t" });
    expect([answer.status, answer.body.error.code]).toEqual([422, "RowTooLarge"]);
  });

  test("tags each statement with the ids of its request, and with nothing else", async () => {
    const headers = { "x-request-id": "r-1", "x-session-id": "s-1", "x-workflow-id": "w-1" };
    await cortex.post("/query", { sql: "select 1" }, { headers });
    const [asked] = (await snowflake.asked("statement")).slice(-1);
    const tag = JSON.parse(String((asked?.parameters as Record<string, unknown> | undefined)?.QUERY_TAG));
    expect(tag).toEqual({
      agent: "snowflake-cortex",
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      session_id: "s-1",
      workflow_id: "w-1",
      request_id: "r-1",
    });
  });

  test("refuses what does not read, several statements, and unknown fields, and sends none of it", async () => {
    await snowflake.change({ log: [] });
    const refused = [
      ["delete from t", "StatementRefused"],
      ["select 1; drop table t", "StatementRefused"],
      ["/* select */ call p()", "StatementRefused"],
      ["", "InvalidRequest"],
    ];
    for (const [sql, code] of refused) {
      const { status, body } = await cortex.post("/query", { sql });
      expect([sql, status, body.error.code]).toEqual([sql, 400, code]);
    }
    const unknown = await cortex.post("/query", { sql: "select 1", warehouse: "BIG" });
    expect([unknown.status, unknown.body.error.code]).toEqual([400, "InvalidRequest"]);
    expect(await snowflake.asked("statement")).toEqual([]);
  });

  test("says what Snowflake finds wrong with a statement", async () => {
    const { status, body } = await cortex.post("/query", { sql: "select nope from nowhere" });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: "StatementInvalid",
      retryable: false,
      details: { snowflakeCode: "002003" },
    });
    expect(body.error.message).toMatch(/NOWHERE/i);
  });
});

describe("POST /query/stream", () => {
  test("sends all rows as lines, between the columns and the end", async () => {
    const { status, headers, text } = await cortex.post("/query/stream", { sql: numbers(350) });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const [first, ...rest] = lines(text);
    expect(first.columns).toMatchObject([{ name: "N", type: "fixed" }]);
    expect(rest.slice(0, -1).map(({ row }) => row[0])).toEqual(Array.from({ length: 350 }, (_, n) => n));
    expect(rest.at(-1)).toEqual({ end: { rows: 350, truncated: false } });
  });

  test("ends at the limit of bytes with a cursor that leads on", async () => {
    const sql = "select repeat('x', 1000) as t from table(generator(rowcount => 6))";
    const { text } = await cortex.post("/query/stream", { sql });
    const { end } = lines(text).at(-1);
    expect(end).toMatchObject({ rows: 4, truncated: false });
    const next = await cortex.post("/query/next", { cursor: end.nextCursor });
    expect(next.body.rows).toHaveLength(2);
  });

  test("answers an error before the first line with its status", async () => {
    const { status, body } = await cortex.post("/query/stream", { sql: "select nope" });
    expect([status, body.error.code]).toEqual([400, "StatementInvalid"]);
  });
});

test("the OpenAPI document describes every door", async () => {
  const document = (await (await fetch(`${cortex.url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  const doors = ["/query", "/query/next", "/query/stream", "/complete", "/analyst", "/search"];
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(doors));
});
