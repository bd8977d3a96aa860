import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type GrantRow,
  readerGrants,
  type Snowflake,
  startSnowflake,
} from "../../../test/support/snowflake/snowflake.ts";
import { type Cortex, startCortex } from "./testing/cortex.ts";

let snowflake: Snowflake;
let cortex: Cortex | undefined;

beforeAll(async () => {
  snowflake = await startSnowflake();
});
afterAll(() => snowflake?.stop());
afterEach(async () => {
  await cortex?.stop();
  cortex = undefined;
});

/** Starts the agent with other grants than those that only read. */
async function startWith(grants: Record<string, readonly GrantRow[]>, env: NodeJS.ProcessEnv = {}): Promise<Cortex> {
  await snowflake.change({ grants: { ...readerGrants, ...grants }, faults: [], log: [] });
  cortex = await startCortex(snowflake, env);
  return cortex;
}

const more = (...rows: GrantRow[]) => ({ "ROLE READER": [...(readerGrants["ROLE READER"] ?? []), ...rows] });
const sent = async () => (await snowflake.asked("statement")).map(({ sql }) => String(sql));

test("a role that only reads makes the agent ready, without secondary roles in any session", async () => {
  const agent = await startWith({});
  await agent.ready();
  expect((await agent.post("/query", { sql: "select 1" })).status).toBe(200);
  const statements = await sent();
  expect(statements.indexOf("USE SECONDARY ROLES NONE")).toBeLessThan(statements.indexOf("select 1"));
  expect(statements.filter((sql) => sql === "USE SECONDARY ROLES NONE")).toHaveLength(
    (await snowflake.asked("login")).length,
  );
});

test.each<[string, Record<string, readonly GrantRow[]>, string]>([
  ["inserts", more(["INSERT", "TABLE", "DB1.PUBLIC.T"]), "INSERT ON TABLE DB1.PUBLIC.T (to READER)"],
  [
    "inherits a role that writes",
    {
      ...more(["USAGE", "ROLE", "MIDDLE"]),
      "ROLE MIDDLE": [["USAGE", "ROLE", "my writer"]],
      "ROLE my writer": [["DELETE", "TABLE", "T"]],
    },
    "DELETE ON TABLE T (to my writer)",
  ],
  [
    "inherits a database role that writes",
    { ...more(["USAGE", "DATABASE_ROLE", "DB1.WRITER"]), "DATABASE ROLE DB1.WRITER": [["UPDATE", "TABLE", "T"]] },
    "UPDATE ON TABLE T (to DB1.WRITER)",
  ],
  [
    "writes as PUBLIC, which every role is",
    { "ROLE PUBLIC": [["TRUNCATE", "TABLE", "T"]] },
    "TRUNCATE ON TABLE T (to PUBLIC)",
  ],
])("a role that %s is refused by name, and nothing is run with it", async (_, grants, named) => {
  const agent = await startWith(grants);
  const ready = await agent.ready(503);
  expect(ready.body.checks.role.message).toContain(named);
  for (const [path, body] of [
    ["/query", { sql: "select 1" }],
    ["/query/stream", { sql: "select 1" }],
    ["/query/next", { cursor: "x" }],
    ["/complete", { prompt: "x" }],
    ["/analyst", { question: "x", semanticView: "a.b.c" }],
    ["/search", { query: "x", service: "s" }],
  ] as const) {
    const answer = await agent.post(path, body);
    expect([path, answer.status, answer.body.error.code]).toEqual([path, 503, "RoleMayWrite"]);
    expect(answer.body.error).toMatchObject({ retryable: false, details: { grants: [named] } });
  }
  expect(
    (await sent()).filter((sql) => !/^(ALTER SESSION|USE SECONDARY|SELECT CURRENT_ROLE|SHOW GRANTS)/.test(sql)),
  ).toEqual([]);
  expect(await snowflake.asked("rest")).toEqual([]);
});

test("a user who has another role that writes is refused, as a statement could switch to it", async () => {
  await snowflake.change({ roles: { AGENT: ["READER", "WRITER"] } });
  const agent = await startWith({ "ROLE WRITER": [["INSERT", "TABLE", "T"]] });
  expect((await agent.ready(503)).body.checks.role.message).toContain("INSERT ON TABLE T (to WRITER)");
  await snowflake.change({ roles: { AGENT: ["READER"] } });
});

test("a role whose grants cannot be read is not taken for one that reads, until they can", async () => {
  await snowflake.change({ grants: { ...readerGrants, ...more(["USAGE", "ROLE", "HIDDEN"]) }, faults: [], log: [] });
  cortex = await startCortex(snowflake, { SNOWFLAKE_GRANTS_SECONDS: "1" });
  const ready = await cortex.ready(503);
  expect(ready.body.checks.role.message).toContain("HIDDEN");
  expect((await cortex.post("/query", { sql: "select 1" })).status).not.toBe(200);
  expect(await sent()).not.toContain("select 1");
  await snowflake.change({ grants: { ...readerGrants, ...more(["USAGE", "ROLE", "HIDDEN"]), "ROLE HIDDEN": [] } });
  await cortex.ready();
});

test("a role that gets to write later is refused from the next reading on, and again used once that is revoked", async () => {
  const agent = await startWith({}, { SNOWFLAKE_GRANTS_SECONDS: "1" });
  await agent.ready();
  await snowflake.change({ grants: { ...readerGrants, ...more(["INSERT", "TABLE", "T"]) } });
  await agent.ready(503);
  expect((await agent.post("/query", { sql: "select 1" })).body.error.code).toBe("RoleMayWrite");
  await snowflake.change({ grants: readerGrants });
  await agent.ready();
  expect((await agent.post("/query", { sql: "select 1" })).status).toBe(200);
});

test("a team may accept a grant that lets nobody write, and none that does", async () => {
  const operate = more(["OPERATE", "WAREHOUSE", "WH"]);
  const agent = await startWith(operate, { SNOWFLAKE_ACCEPTED_GRANTS: "OPERATE ON WAREHOUSE" });
  await agent.ready();
  await expect(startWith({}, { SNOWFLAKE_ACCEPTED_GRANTS: "INSERT ON TABLE" })).rejects.toThrow(
    /INSERT ON TABLE.*never accepted/,
  );
});
