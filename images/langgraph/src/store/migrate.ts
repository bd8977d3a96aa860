import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@agentorchestrator/shared";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { type Database, SCHEMA } from "../database.ts";
import { migrations } from "./schema.ts";

const LEAST_WAIT_MS = 500;
const MOST_WAIT_MS = 15_000;

/** The same, again and again until it has succeeded or `signal` aborts: a database may be down when the agent starts. */
export async function migrateUntilDone(database: Database, log: Logger, signal: AbortSignal): Promise<void> {
  for (let waitMs = LEAST_WAIT_MS; !signal.aborted; waitMs = Math.min(MOST_WAIT_MS, waitMs * 2)) {
    try {
      return await migrate(database);
    } catch (error) {
      log.warn({ err: error, waitMs }, "the database cannot be prepared yet and is tried again");
    }
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Any constant: all replicas must name the same lock. */
const LOCK = 5_140_081;

/**
 * Brings the tables of the checkpointer and ours to this version. Replicas that start at once wait for each other. A database
 * that a newer version has already changed is left as it is, since migrations only add.
 *
 * @throws AgentError 503 DatabaseUnavailable, or the server's error, as when another replica holds the lock for too long
 */
export async function migrate(database: Database): Promise<void> {
  const locked = await database.dedicated();
  try {
    await locked.query("select pg_advisory_lock($1)", [LOCK]);
    await locked.query(`create schema if not exists ${SCHEMA}`);
    await new PostgresSaver(await database.pool(), undefined, { schema: SCHEMA }).setup();
    await locked.query("create table if not exists migrations (version int primary key, at timestamptz default now())");
    await locked.query("BEGIN");
    const { rows } = await locked.query<{ version: number }>(
      "select coalesce(max(version), 0) as version from migrations",
    );
    for (const [index, statements] of migrations.entries()) {
      if (index < (rows[0]?.version ?? 0)) continue;
      await locked.query(statements);
      await locked.query("insert into migrations (version) values ($1)", [index + 1]);
    }
    await locked.query("COMMIT");
  } finally {
    await locked.end().catch(() => {});
  }
}
