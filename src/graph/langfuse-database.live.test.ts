import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../test/support/postgres.ts";
import { cleanEnv } from "../../test/support/processes.ts";
import { langfuseDatabaseInit } from "./langfuse-database.ts";

const run = promisify(execFile);

let server: Postgres;
/** The owner of the platform's database as RDS makes it: no superuser. */
let owner: { readonly user: string; readonly password: string };
beforeAll(async () => {
  server = await startPostgres({ tls: true });
  for (const [name, value] of [
    ["log_statement", "all"],
    ["logging_collector", "on"],
    ["log_directory", "log"],
  ])
    await server.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await server.restart();
});
afterAll(() => server.stop());

beforeEach(async () => {
  await server.query("DROP DATABASE IF EXISTS langfuse");
  await server.query("DROP ROLE IF EXISTS langfuse");
  owner = { user: `owner_${randomBytes(4).toString("hex")}`, password: "rds [makes] #such?%passwords:&'\"" };
  const quoted = owner.password.replaceAll("'", "''");
  await server.query(`CREATE ROLE ${owner.user} LOGIN CREATEDB CREATEROLE PASSWORD '${quoted}'`);
});

/** The container as a task of Langfuse runs it, with what ECS would inject. */
async function init(password: string, ownerPassword = owner.password): Promise<string> {
  const { host, port, database: name } = server;
  const parts = { host, port, name, secretArn: "arn", sslMode: "require", ready: [] } as const;
  const { command, environment } = langfuseDatabaseInit("15", parts, {
    pattern: "",
    arn: "",
    valueFrom: () => "",
  }) as { command: readonly string[]; environment: NodeJS.ProcessEnv };
  const [program = "", ...args] = command;
  const injected = { PGUSER: owner.user, PGPASSWORD: ownerPassword, LANGFUSE_DATABASE_PASSWORD: password };
  const { stdout, stderr } = await run(program, args, { env: cleanEnv({ ...environment, ...injected }) });
  return stdout + stderr;
}

/** As Langfuse connects. */
async function asLangfuse<T>(
  password: string,
  work: (client: pg.Client) => Promise<T>,
  database = "langfuse",
): Promise<T> {
  const { host, port } = server;
  const ssl = { rejectUnauthorized: false };
  const client = new pg.Client({ host, port, user: "langfuse", password, database, ssl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

it("makes a role and a database in which Langfuse can migrate, and says nothing", async () => {
  expect(await init("first")).toBe("");
  await asLangfuse("first", (client) =>
    client.query("CREATE TABLE migrated (); CREATE EXTENSION IF NOT EXISTS pg_trgm"),
  );
});

it("lets replicas start at once", async () => {
  expect(await Promise.all([1, 2, 3, 4, 5].map(() => init("first")))).toEqual(["", "", "", "", ""]);
  await asLangfuse("first", (client) => client.query("SELECT 1"));
});

it("keeps what is there, and needs the owner no more, whose password has been rotated", async () => {
  await init("first");
  await asLangfuse("first", (client) => client.query("CREATE TABLE kept ()"));
  expect(await init("first", "rotated away")).toBe("");
  await asLangfuse("first", (client) => client.query("SELECT FROM kept"));
});

it("goes on where a task was killed between role and database", async () => {
  await server.query(`SET ROLE ${owner.user}; CREATE ROLE langfuse`);
  await init("first");
  await asLangfuse("first", (client) => client.query("CREATE TABLE migrated ()"));
});

it("takes a password over that a person has rotated", async () => {
  await init("first");
  await init("second");
  await asLangfuse("second", (client) => client.query("SELECT 1"));
  await expect(asLangfuse("first", (client) => client.query("SELECT 1"))).rejects.toThrow("password");
});

it("leaves the agents' tables to the agents, and Langfuse's to Langfuse", async () => {
  await init("first");
  await server.query(`CREATE TABLE IF NOT EXISTS of_agents ()`);
  await expect(asLangfuse("first", (client) => client.query("SELECT FROM of_agents"), server.database)).rejects.toThrow(
    "permission denied",
  );
  const [row] = await server.query<{ may: boolean }>(
    "SELECT has_database_privilege('public', 'langfuse', 'CONNECT') AS may",
  );
  expect(row?.may).toBe(false);
});

it("fails with PostgreSQL's words and without a password in them, so that the task's stop reason leads to the cause", async () => {
  const canary = "canary-of-langfuse";
  const failed: Error & { stderr?: string } = await init(canary, "wrong-canary").then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
  expect(failed.stderr).toContain("password authentication failed");
  expect(failed.stderr).not.toMatch(/canary/);
});

it("leaves the password in no log of a server that logs every statement, also when it is refused", async () => {
  const canary = randomBytes(32).toString("hex");
  await init(canary);
  await server.query("ALTER ROLE langfuse PASSWORD 'another' SUPERUSER");
  await expect(init(canary)).rejects.toThrow(/role langfuse: /);
  await server.query("ALTER ROLE langfuse NOSUPERUSER");
  const folder = join(server.folder, "data", "log");
  const logs = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
  expect(logs.join("")).toContain("EXECUTE format('ALTER ROLE");
  expect(logs.join("")).not.toContain(canary);
});
