import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../../test/support/postgres.ts";
import { Database, type DatabaseOptions } from "./database.ts";

let postgres: Postgres;
let other: Postgres;
beforeAll(async () => {
  [postgres, other] = await Promise.all([startPostgres({ tls: true }), startPostgres({ tls: true })]);
});
afterAll(() => Promise.all([postgres?.stop(), other?.stop()]));

const open = (more: Partial<DatabaseOptions>): Database =>
  new Database({
    ...{ host: postgres.host, port: postgres.port, database: postgres.database, poolSize: 2, idleInTransactionMs: 200 },
    ssl: { rejectUnauthorized: true, ca: postgres.certificate ?? "" },
    credentials: async () => ({ username: postgres.user, password: postgres.password }),
    onError: () => {},
    ...more,
  });

describe("a connection", () => {
  it("is encrypted, to a server whose certificate is trusted", async () => {
    await using database = disposable(open({}));
    const [row] = await database.rows<{ ssl: boolean }>("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
    expect(row?.ssl).toBe(true);
  });

  it("is refused to a server with another certificate", async () => {
    await using database = disposable(open({ ssl: { rejectUnauthorized: true, ca: other.certificate ?? "" } }));
    await expect(database.ping()).rejects.toThrow(/self-signed certificate/);
  });

  it("asks for the password each time, and has it forgotten when it was refused", async () => {
    let password = "wrong";
    let asked = 0;
    const database = open({
      credentials: async () => {
        asked += 1;
        return { username: postgres.user, password };
      },
      onRefused: () => {
        password = postgres.password;
      },
    });
    await using _ended = disposable(database);
    await expect(database.ping()).rejects.toMatchObject({ code: "DatabaseUnavailable", retryable: true });
    await database.ping();
    expect(asked).toBeGreaterThanOrEqual(3);
  });

  it("that its replica leaves frozen within a transaction is ended by the server, with its locks", async () => {
    await using database = disposable(open({}));
    await database.rows("create schema langgraph create table t (x int)");
    await database.rows("insert into t values (1)");
    const frozen = database.transaction(async (client) => {
      await client.query("update t set x = 2");
      await new Promise((resolve) => setTimeout(resolve, 600));
      await client.query("update t set x = 3");
    });
    const refused = expect(frozen).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await database.rows("update t set x = x + 10");
    await refused;
    expect(await database.rows("select x from t")).toEqual([{ x: 11 }]);
  });

  it("keeps nothing of a transaction that failed, and says why", async () => {
    await using database = disposable(open({}));
    await database.rows("create table u (x int)");
    const failed = database.transaction(async (client) => {
      await client.query("insert into u values (1)");
      throw new Error("changed its mind");
    });
    await expect(failed).rejects.toThrow("changed its mind");
    expect(await database.rows("select * from u")).toEqual([]);
    await expect(database.rows("select wrong")).rejects.toMatchObject({ code: "42703" });
  });
});

function disposable(database: Database): Database & AsyncDisposable {
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.end() });
}
