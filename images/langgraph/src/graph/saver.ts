import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type pg from "pg";
import { type Database, SCHEMA } from "../database.ts";
import { hold, type Lease } from "../store/lease.ts";

/**
 * A checkpointer for one lease: each of its transactions first locks the workflow's row under the lease's fence, so that a
 * replica which was frozen past its lease cannot add to the checkpoints of the one that went on.
 */
export async function fencedSaver(database: Database, lease: Lease): Promise<PostgresSaver> {
  const pool = await database.pool();
  const fencedPool = {
    query: (text: string, values: unknown[]) => pool.query(text, values),
    connect: async () => {
      const client = await database.connect();
      return {
        // The saver writes between BEGIN and COMMIT only, and rolls back when a query throws.
        query: async (text: string, values?: unknown[]) => {
          const result = await client.query(text, values);
          if (text === "BEGIN") await hold(client, lease);
          return result;
        },
        release: () => client.release(),
      };
    },
  };
  return new PostgresSaver(fencedPool as unknown as pg.Pool, undefined, { schema: SCHEMA });
}
