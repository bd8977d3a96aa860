import { AgentError, type Logger, within } from "@agentorchestrator/shared";
import type { Binds, RowMode, RowStatement } from "snowflake-sdk";
import type { Account } from "./account.ts";
import { type Connection, createConnection, type Sockets, socketsFor } from "./driver.ts";
import {
  connectionError,
  failureOf,
  isConnectionLost,
  isKeyRefused,
  isSessionLost,
  loginError,
  statementError,
} from "./failures.ts";
import type { KeyPair, Keys } from "./key.ts";
import { type Cells, type Column, cellsOf, fetchedAsString, type Value } from "./values.ts";

export interface SessionOptions {
  readonly account: Account;
  readonly user: string;
  readonly role: string;
  readonly warehouse: string;
  readonly database: string;
  readonly schema: string;
  readonly loginTimeoutMs: number;
  /** Seconds, the limit of every statement that names none. */
  readonly statementTimeoutSeconds: number;
  readonly keys: Keys;
  readonly log: Logger;
}

export interface Statement {
  readonly sql: string;
  readonly binds?: Binds;
  /** Default: that of the session. */
  readonly timeoutSeconds?: number;
  /** Most rows that Snowflake computes a result for. */
  readonly maxRows?: number;
  /** Seen in QUERY_HISTORY; holds ids and no secret. At most 2000 characters. */
  readonly tag?: string;
  readonly signal?: AbortSignal;
}

/** The result of a statement, kept by Snowflake for 24 hours; its rows are fetched as they are read. */
export interface Result {
  readonly queryId: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Rows `start` up to and without `end`, first row 0; only the result files that hold them are fetched. */
  rows(start: number, end: number): AsyncIterable<Value[]>;
}

/** Snowflake ends statements at their limit itself; this much later nothing of it was heard. */
const GRACE_MS = 5_000;
/** A cancelled statement says so within this time, or the session is given up. */
const CANCEL_MS = 5_000;
const KEEP_ALIVE_SECONDS = 900;

/** A session with its role, and no other roles: statements in it run one after the other. */
export class Session {
  readonly openedAt = performance.now();
  readonly #connection: Connection;
  readonly #sockets: Sockets;
  readonly #options: SessionOptions;
  #lost = false;

  private constructor(connection: Connection, sockets: Sockets, options: SessionOptions) {
    this.#connection = connection;
    this.#sockets = sockets;
    this.#options = options;
  }

  /**
   * Logs in with the key in force, and makes the session one that reads: secondary roles off, one statement a request,
   * UTC, statements end when nobody waits for them. A key that was refused is read anew, once.
   *
   * @throws AgentError SnowflakeAuthentication, SnowflakeUnavailable, or what kept the key from being read
   */
  static async open(options: SessionOptions): Promise<Session> {
    const first = await options.keys.current();
    try {
      return await logIn(options, first);
    } catch (error) {
      if (!isKeyRefused(cause(error))) throw error;
      options.keys.refused();
      const second = await options.keys.current();
      if (second.fingerprint === first.fingerprint) throw error;
      return await logIn(options, second);
    }

    async function logIn(options: SessionOptions, pair: KeyPair): Promise<Session> {
      const sockets = socketsFor(options.account.url);
      const connection = createConnection(connectionOptions(options, pair), sockets);
      try {
        await connect(connection, options, pair);
        const session = new Session(connection, sockets, options);
        await session.#prepare();
        return session;
      } catch (error) {
        sockets.shut();
        throw error;
      }
    }
  }

  /** Whether it may be used again. */
  get usable(): boolean {
    return !this.#lost && this.#connection.isUp();
  }

  /** Asks Snowflake whether the session still lives. Never throws. */
  async check(): Promise<boolean> {
    return (
      this.usable &&
      (await within(CANCEL_MS, this.#connection.isValidAsync(), "no heartbeat").catch(() => false)) === true
    );
  }

  /**
   * Runs a statement to its result. When the signal fires, or Snowflake does not end it at its limit, it is cancelled
   * there before this throws.
   *
   * @throws AgentError with the codes of failures.ts; the signal's reason when that fired
   */
  async run(statement: Statement): Promise<Result> {
    const { signal, timeoutSeconds = this.#options.statementTimeoutSeconds, maxRows, tag } = statement;
    signal?.throwIfAborted();
    const started = performance.now();
    const context = () => ({
      url: this.#options.account.url,
      warehouse: this.#options.warehouse,
      timeoutSeconds,
      elapsedMs: performance.now() - started,
    });
    const done = Promise.withResolvers<RowStatement>();
    const execution = this.#connection.execute({
      sqlText: statement.sql,
      ...(statement.binds && { binds: statement.binds }),
      parameters: {
        STATEMENT_TIMEOUT_IN_SECONDS: timeoutSeconds,
        ...(maxRows !== undefined && { ROWS_PER_RESULTSET: maxRows }),
        ...(tag !== undefined && { QUERY_TAG: tag.slice(0, 2_000) }),
      },
      ...asArrays(),
      complete: (error, finished) => (error ? done.reject(error) : done.resolve(finished)),
    });
    try {
      const ended = await firstOf(done.promise, this.#until(signal), timeoutSeconds * 1_000 + GRACE_MS);
      if (ended !== "aborted" && ended !== "late") return this.#resultOf(ended);
      this.#throwIfLost();
      await this.#cancel(execution, done.promise);
      signal?.throwIfAborted();
      const message = `the statement did not end within its limit of ${timeoutSeconds} s, nor when it was told to`;
      throw new AgentError("StatementTimeout", message, { status: 504, retryable: false });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isSessionLost(failureOf(error))) this.#lost = true;
      throw statementError(error, context());
    }
  }

  /**
   * The result of a statement that ran before, in any session of this user and role.
   *
   * @throws AgentError 410 ResultExpired after its 24 hours
   */
  async result(queryId: string, signal?: AbortSignal): Promise<Result> {
    const done = Promise.withResolvers<RowStatement>();
    this.#connection.fetchResult({
      queryId,
      ...asArrays(),
      complete: (error, finished) => (error ? done.reject(error) : done.resolve(finished)),
    });
    const { statementTimeoutSeconds: timeoutSeconds, account, warehouse } = this.#options;
    try {
      const ended = await firstOf(done.promise, this.#until(signal), timeoutSeconds * 1_000);
      if (ended !== "aborted" && ended !== "late") return this.#resultOf(ended);
      this.#lost = true;
      this.#throwIfLost();
      signal?.throwIfAborted();
      throw new AgentError("SnowflakeUnavailable", `Snowflake at ${account.url} does not hand over the result`, {
        status: 503,
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const failure = failureOf(error);
      if (isSessionLost(failure)) this.#lost = true;
      if (["000612", "000709", "000710"].includes(failure.code)) {
        const message = "Snowflake keeps results for 24 hours, and has this one no more: run the statement again";
        throw new AgentError("ResultExpired", message, { status: 410, retryable: false, cause: error });
      }
      throw statementError(error, { url: account.url, warehouse, timeoutSeconds, elapsedMs: 0 });
    }
  }

  /** Logs out, for at most 5 s, and closes its sockets: nothing that the driver still wants to repeat leaves any more. */
  async close(): Promise<void> {
    const gone = Promise.withResolvers<void>();
    this.#connection.destroy(() => gone.resolve());
    await within(CANCEL_MS, gone.promise, "no logout").catch(() => undefined);
    this.#sockets.shut();
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#sockets.lost]) : this.#sockets.lost;
  }

  /** The network is gone: nothing can be cancelled, and the driver would try for hours. */
  #throwIfLost(): void {
    const { lost } = this.#sockets;
    if (!lost.aborted) return;
    this.#lost = true;
    throw connectionError(failureOf(lost.reason), this.#options.account.url, lost.reason);
  }

  async #prepare(): Promise<void> {
    const { statementTimeoutSeconds } = this.#options;
    const parameters = {
      TIMEZONE: "'UTC'",
      TIME_OUTPUT_FORMAT: "'HH24:MI:SS.FF'",
      STATEMENT_TIMEOUT_IN_SECONDS: statementTimeoutSeconds,
      STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: statementTimeoutSeconds,
      ABORT_DETACHED_QUERY: "TRUE",
      MULTI_STATEMENT_COUNT: 1,
      STRICT_JSON_OUTPUT: "TRUE",
    };
    const settings = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
    await this.run({ sql: `ALTER SESSION SET ${settings.join(", ")}` });
    // With them the session could do whatever any role of the user may do, not only this one.
    await this.run({ sql: "USE SECONDARY ROLES NONE" });
  }

  #resultOf(statement: RowStatement): Result {
    const cells: Cells = cellsOf(statement.getColumns() ?? []);
    const rowCount = statement.getNumRows() ?? 0;
    return {
      queryId: statement.getQueryId(),
      columns: cells.columns,
      rowCount,
      rows: (start, end) => this.#rows(statement, cells, start, Math.min(end, rowCount)),
    };
  }

  async *#rows(statement: RowStatement, cells: Cells, start: number, end: number): AsyncGenerator<Value[]> {
    if (start >= end) return;
    try {
      for await (const row of statement.streamRows({ start, end: end - 1, fetchAsString: [...fetchedAsString] })) {
        yield cells.row(row as unknown[]);
      }
    } catch (error) {
      const { account, warehouse } = this.#options;
      const failure = failureOf(error);
      if (isConnectionLost(failure)) throw connectionError(failure, account.url, error);
      throw statementError(error, { url: account.url, warehouse, timeoutSeconds: 0, elapsedMs: 0 });
    }
  }

  async #cancel(statement: RowStatement, end: Promise<unknown>): Promise<void> {
    const sent = Promise.withResolvers<void>();
    statement.cancel((error) => (error ? sent.reject(error) : sent.resolve()));
    const ended = end.then(
      () => undefined,
      () => undefined,
    );
    try {
      await within(CANCEL_MS, Promise.all([sent.promise, ended]), "no end of the statement");
    } catch (error) {
      this.#lost = true;
      this.#options.log.warn({ err: error }, "Snowflake did not confirm a cancellation; the session is given up");
    }
  }
}

/** A new object each time: the driver keeps it, and adds to it. */
function asArrays() {
  const rowMode: RowMode = "array";
  return { streamResult: true, rowMode, fetchAsString: [...fetchedAsString] };
}

function connectionOptions(options: SessionOptions, pair: KeyPair) {
  const { account, user, role, warehouse, database, schema } = options;
  return {
    account: account.identifier,
    accessUrl: account.url,
    username: user,
    authenticator: "SNOWFLAKE_JWT",
    privateKey: pair.pem,
    role,
    warehouse,
    database,
    schema,
    application: "AgentOrchestrator",
    clientSessionKeepAlive: true,
    clientSessionKeepAliveHeartbeatFrequency: KEEP_ALIVE_SECONDS,
    jsTreatIntegerAsBigInt: true,
    representNullAsStringNull: false,
    sfRetryMaxLoginRetries: 1,
    resultPrefetch: 2,
    timeout: 90_000,
  };
}

async function connect(connection: Connection, options: SessionOptions, pair: KeyPair): Promise<void> {
  const { account, user, role } = options;
  const login = { user, role, account: account.identifier, url: account.url, fingerprint: pair.fingerprint };
  const done = Promise.withResolvers<void>();
  connection.connect((error) => (error ? done.reject(error) : done.resolve()));
  try {
    await within(options.loginTimeoutMs, done.promise, "no answer to the login");
  } catch (error) {
    throw loginError(error, login);
  }
}

const cause = (error: unknown): unknown => (error instanceof AgentError ? error.cause : error);

/** What comes first: the end of `work`, the signal, or the time. */
async function firstOf<T extends object>(
  work: Promise<T>,
  signal: AbortSignal,
  milliseconds: number,
): Promise<T | "aborted" | "late"> {
  const other = Promise.withResolvers<"aborted" | "late">();
  const abort = () => other.resolve("aborted");
  const timer = setTimeout(() => other.resolve("late"), milliseconds);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, other.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
