import type { ConnectionOptions } from "node:tls";
import { AgentError } from "@agentorchestrator/shared";
import pg from "pg";
import { z } from "zod";

/** Value of the secret of a database's user, as RDS manages it. */
export const credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });
export type Credentials = z.output<typeof credentials>;

export interface DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** false: no TLS, as in a container beside the agent. */
  readonly ssl: ConnectionOptions | false;
  readonly poolSize: number;
  /** Asked for the user name once and for the password on every new connection, since it rotates. */
  readonly credentials: () => Promise<Credentials>;
  /** Told when the server refused the password, so that a cached one is forgotten. */
  readonly onRefused?: () => void;
  /** Told of connections that broke while nobody used them. */
  readonly onError: (error: Error) => void;
  /** Length of a lease: a replica frozen within a transaction keeps its locks no longer than that. */
  readonly idleInTransactionMs: number;
}

/** Rows and indexes of ours live beside the checkpointer's, in a schema of their own. */
export const SCHEMA = "langgraph";

const CONNECT_MS = 5_000;
/** Ours are short; what takes longer hangs. The client gives up after the server would have. */
const STATEMENT_MS = 15_000;

/** Network errors of Node, SQLSTATEs; 42P01 (no such table) is what the first moments before the migrations look like. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE =
  /^(E(CONNREFUSED|CONNRESET|NOTFOUND|TIMEDOUT|AI_AGAIN|PIPE|HOSTUNREACH|NETUNREACH)|08...|57P0[123]|53[0-9]00|25006|28P01|28000|42P01)$/;
/** What pg and pg-pool say without a code. */
const UNAVAILABLE_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/**
 * PostgreSQL by one pool. It opens connections when they are needed, so that it may be made while the database is down, and a
 * connection that the server ends costs the work that used it and nothing else.
 */
export class Database {
  readonly #options: DatabaseOptions;
  #pool: Promise<pg.Pool> | undefined;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** Rows of one statement. @throws AgentError 503 DatabaseUnavailable, or the server's error */
  rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.use(async (client) => (await client.query<Row>(text, [...values])).rows);
  }

  /** What `work` makes of a connection, outside any transaction. @throws AgentError 503 DatabaseUnavailable, or what it threw */
  async use<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(isUnavailable(error));
      throw told(error);
    }
  }

  /**
   * Runs `work` between BEGIN and COMMIT. When it throws, nothing of it stays.
   *
   * @throws AgentError 503 DatabaseUnavailable, or what `work` threw. An unavailable database may have committed: callers
   * repeat only what is conditional.
   */
  async transaction<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      const clean = await client.query("ROLLBACK").then(
        () => true,
        () => false,
      );
      client.release(!clean);
      throw told(error);
    }
  }

  /** A client of the pool, which the caller releases. */
  async connect(): Promise<pg.PoolClient> {
    try {
      return await (await this.pool()).connect();
    } catch (error) {
      this.#noteRefusal(error);
      throw told(error);
    }
  }

  /** A connection outside the pool, for LISTEN and for locks that outlive a transaction. The caller ends it. */
  async dedicated(): Promise<pg.Client> {
    const client = new pg.Client({ ...(await this.#configuration()), connectionTimeoutMillis: CONNECT_MS });
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (error) {
      this.#noteRefusal(error);
      throw told(error);
    }
    return client;
  }

  /** The pool itself, for the checkpointer, which wants one. */
  pool(): Promise<pg.Pool> {
    this.#pool ??= this.#open().catch((error) => {
      this.#pool = undefined;
      throw told(error);
    });
    return this.#pool;
  }

  /** Resolves when the database answers. @throws AgentError 503 DatabaseUnavailable */
  async ping(): Promise<void> {
    await this.rows("select 1");
  }

  async end(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.end();
  }

  async #open(): Promise<pg.Pool> {
    const pool = new pg.Pool({
      ...(await this.#configuration()),
      max: this.#options.poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: 30_000,
    });
    pool.on("error", this.#options.onError);
    pool.on("connect", (client) => client.on("error", () => {}));
    return pool;
  }

  async #configuration(): Promise<pg.ClientConfig> {
    const { host, port, database, ssl, credentials, idleInTransactionMs } = this.#options;
    const { username } = await credentials();
    return {
      host,
      port,
      database,
      ssl,
      user: username,
      password: async () => (await credentials()).password,
      application_name: "langgraph",
      options: `-c search_path=${SCHEMA}`,
      keepAlive: true,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS + 2_000,
      idle_in_transaction_session_timeout: idleInTransactionMs,
    };
  }

  #noteRefusal(error: unknown): void {
    if (codeOf(error).startsWith("28")) this.#options.onRefused?.();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Whether an error says that the database cannot be reached or does not serve, and not that a statement was wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  return UNAVAILABLE.test(codeOf(error)) || (error instanceof Error && UNAVAILABLE_MESSAGE.test(error.message));
}

function told(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  return new AgentError("DatabaseUnavailable", "the workflow database cannot be reached at present: try again", {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    cause: error,
  });
}
