import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Asked, type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { type Cortex, startCortex, until } from "./testing/cortex.ts";
import { type Cut, startCut } from "./testing/cut.ts";

let snowflake: Snowflake;
let network: Cut;
let cortex: Cortex;

beforeAll(async () => {
  snowflake = await startSnowflake();
});
afterAll(() => snowflake?.stop());

beforeEach(async () => {
  await snowflake.change({ log: [], faults: [], hold: 45 });
  network = await startCut(snowflake.url);
  cortex = await startCortex(snowflake, {
    SNOWFLAKE_URL: network.url,
    SNOWFLAKE_POOL_SIZE: "2",
    SNOWFLAKE_POOL_WAIT_SECONDS: "1",
    SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS: "20",
  });
  await cortex.ready();
});
afterEach(async () => {
  await cortex?.stop();
  await network?.stop();
});

const wait = (seconds: number) => `select system$wait(${seconds})`;
const waits = async (): Promise<Asked[]> =>
  (await snowflake.asked("statement")).filter(({ sql }) => String(sql).includes("system$wait"));

test("a statement is ended by Snowflake at the request's time limit", async () => {
  const began = performance.now();
  const { status, body } = await cortex.post("/query", { sql: wait(15), timeoutSeconds: 1 });
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(status).toBe(504);
  expect(body.error).toMatchObject({
    code: "StatementTimeout",
    retryable: false,
    details: { snowflakeCode: "000630" },
  });
  const [asked] = await waits();
  expect(asked?.parameters).toMatchObject({ STATEMENT_TIMEOUT_IN_SECONDS: 1, ABORT_DETACHED_QUERY: true });
});

test("a request may not have more time than is configured", async () => {
  void cortex.post("/query", { sql: wait(0.1), timeoutSeconds: 3_000 });
  const [asked] = await until("the statement is sent", async () => (await waits()).length === 1 && waits());
  expect(asked?.parameters).toMatchObject({ STATEMENT_TIMEOUT_IN_SECONDS: 20 });
});

test.each([
  ["before Snowflake told its id", 45],
  ["after Snowflake told its id", 0.1],
])("a statement is cancelled when its client goes, %s, and its session is kept", async (_, hold) => {
  await snowflake.change({ hold });
  const client = new AbortController();
  const request = cortex.post("/query", { sql: wait(15) }, { signal: client.signal }).catch((error) => error.name);
  await until("the statement is sent", async () => (await waits()).length === 1);
  if (hold < 1) await until("its end is asked for", async () => (await snowflake.asked("result")).length > 0);
  client.abort();
  expect(await request).toBe("AbortError");
  await until("it is cancelled", async () => (await snowflake.asked("abort")).length === 1);
  const { status } = await cortex.post("/query", { sql: "select 1" });
  expect(status).toBe(200);
  expect(await snowflake.asked("logout"), "a session that is given up is logged out").toEqual([]);
});

test("a statement that runs for long is waited for by its id", async () => {
  await snowflake.change({ hold: 0.2 });
  const { status, body } = await cortex.post("/query", { sql: wait(1) });
  expect([status, body.rows]).toEqual([200, [["waited 1 seconds"]]]);
  expect((await snowflake.asked("result")).length).toBeGreaterThan(1);
});

test("more requests than sessions wait in line, and are told to come again when it takes too long", async () => {
  const slow = Array.from({ length: 2 }, () => cortex.post("/query", { sql: wait(2.5) }));
  await until("both run", async () => (await waits()).length === 2);
  const refused = await cortex.post("/query", { sql: "select 1" });
  expect([refused.status, refused.body.error.code]).toEqual([503, "PoolExhausted"]);
  expect(refused.headers.get("retry-after")).toBe("2");
  await sleep(500);
  const patient = await cortex.post("/query", { sql: "select 1" });
  expect(patient.status).toBe(200);
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
  const many = await Promise.all(Array.from({ length: 12 }, () => cortex.post("/query", { sql: "select 1" })));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await snowflake.sessions()).toBeLessThanOrEqual(2);
});

test("failures of Snowflake are told with status and code", async () => {
  const cases = [
    ["000606", "57P03", "No active warehouse selected in the current session.", 503, "WarehouseUnavailable", true],
    [
      "090073",
      "22000",
      "Warehouse 'WH' cannot be resumed because resource monitor 'M' has exceeded its quota.",
      503,
      "WarehouseUnavailable",
      false,
    ],
    ["000604", "57014", "SQL execution canceled", 503, "StatementCancelled", true],
    [
      "003001",
      "42501",
      "SQL access control error: Insufficient privileges to operate on table 'T'",
      403,
      "SnowflakeForbidden",
      false,
    ],
    ["100051", "22012", "Division by zero", 422, "StatementFailed", false],
    ["300002", "XX000", "Processing aborted by error 300002", 502, "SnowflakeError", false],
  ] as const;
  for (const [code, state, message, status, told, retryable] of cases) {
    await snowflake.change({ faults: [{ match: "from t", code, state, message }] });
    const answer = await cortex.post("/query", { sql: "select 1 from t" });
    expect(answer.status, code).toBe(status);
    const details = { snowflakeCode: code, sqlState: state };
    expect(answer.body.error, code).toMatchObject({ code: told, retryable, details });
  }
});

test("a service that stalls, and one whose client goes, are let go", async () => {
  // A client that aborts connects anew and asks nothing: such a connection holds the end of a task up.
  const agent = await startCortex(snowflake, { SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS: "1", DRAIN_SECONDS: "1" });
  try {
    await agent.ready();
    await snowflake.change({ faults: [{ match: "cortex-search", code: "", delay: 20, times: 2 }] });
    const stalled = await agent.post("/search", { query: "x", service: "docs" });
    expect([stalled.status, stalled.body.error.code]).toEqual([504, "SnowflakeTimeout"]);
    const client = new AbortController();
    const request = agent.post("/search", { query: "y", service: "docs" }, { signal: client.signal });
    await until("it is sent", async () => (await snowflake.asked("rest")).length === 2);
    client.abort();
    await expect(request).rejects.toThrow();
    await until("the stand-in sees both go", async () => (await snowflake.asked("gone")).length === 2);
  } finally {
    await agent.stop();
  }
});

test("a session that Snowflake ended is replaced", async () => {
  await snowflake.change({
    faults: [{ match: "select 2", code: "390114", message: "Authentication token has expired." }],
  });
  const lost = await cortex.post("/query", { sql: "select 2" });
  expect([lost.status, lost.body.error.code, lost.body.error.retryable]).toEqual([503, "SnowflakeUnavailable", true]);
  const logins = (await snowflake.asked("login")).length;
  const { status } = await cortex.post("/query", { sql: "select 2" });
  expect(status).toBe(200);
  expect(await snowflake.asked("login")).toHaveLength(logins + 1);
});

test("while the network is down requests are refused soon, and nothing is sent when it is back that nobody waits for", async () => {
  const began = performance.now();
  const running = cortex.post("/query", { sql: wait(12) });
  await until("the statement is sent", async () => (await waits()).length === 1);
  await network.off();
  const { status, body } = await running;
  expect([status, body.error.code, body.error.retryable]).toEqual([503, "SnowflakeUnavailable", true]);
  expect(performance.now() - began).toBeLessThan(30_000);
  const fresh = await cortex.post("/query", { sql: "select 42" });
  expect([fresh.status, fresh.body.error.code]).toEqual([503, "SnowflakeUnavailable"]);
  const search = await cortex.post("/search", { query: "x", service: "docs" });
  expect([search.status, search.body.error.code]).toEqual([503, "SnowflakeUnavailable"]);
  await snowflake.change({ log: [] });
  await network.on();
  await sleep(3_000);
  const late = (await snowflake.asked("statement")).filter(({ sql }) => /system\$wait|select 42/.test(String(sql)));
  expect(late).toEqual([]);
  await cortex.ready();
  expect((await cortex.post("/query", { sql: "select 42" })).body.rows).toEqual([[42]]);
}, 60_000);

test("on SIGTERM running statements end, and every session is logged out", async () => {
  const running = cortex.post("/query", { sql: wait(1) });
  await until("the statement is sent", async () => (await waits()).length === 1);
  const exit = await cortex.stop();
  expect([(await running).status, exit]).toEqual([200, 0]);
  expect((await snowflake.asked("login")).length).toBeGreaterThan(0);
  expect(await snowflake.asked("logout")).toHaveLength((await snowflake.asked("login")).length);
});
