import { AgentError, type Logger, within } from "@agentorchestrator/shared";
import type { Binds, RowStatement } from "snowflake-sdk";
import type { Connection, Sockets } from "./driver.ts";
import { connectionError, failureOf, isKeyRefused, isSessionLost, statementError } from "./failures.ts";
import type { KeyPair, Keys } from "./key.ts";
import { type LoginOptions, logIn } from "./login.ts";
import { type Result, resultOf, resultOptions } from "./result.ts";

export interface SessionOptions extends LoginOptions {
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

/** Snowflake ends statements at their limit itself; this much later nothing of it was heard. */
const GRACE_MS = 5_000;
/** A cancelled statement says so within this time, or the session is given up. */
const CANCEL_MS = 5_000;

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
    const { keys } = options;
    const first = await keys.current();
    try {
      return await Session.#openWith(options, first);
    } catch (error) {
      if (!(error instanceof AgentError && isKeyRefused(error.cause))) throw error;
      keys.refused();
      const second = await keys.current();
      if (second.fingerprint === first.fingerprint) throw error;
      return await Session.#openWith(options, second);
    }
  }

  static async #openWith(options: SessionOptions, pair: KeyPair): Promise<Session> {
    const { connection, sockets } = await logIn(options, pair);
    const session = new Session(connection, sockets, options);
    try {
      await session.#prepare();
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Whether it may be used again. */
  get usable(): boolean {
    return !this.#lost && !this.#sockets.lost.aborted && this.#connection.isUp();
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
    const failed = (error: unknown) => this.#failed(error, timeoutSeconds, performance.now() - started);
    const done = Promise.withResolvers<RowStatement>();
    const execution = this.#connection.execute({
      sqlText: statement.sql,
      ...(statement.binds && { binds: statement.binds }),
      parameters: {
        STATEMENT_TIMEOUT_IN_SECONDS: timeoutSeconds,
        ...(maxRows !== undefined && { ROWS_PER_RESULTSET: maxRows }),
        ...(tag !== undefined && { QUERY_TAG: tag.slice(0, 2_000) }),
      },
      ...resultOptions(),
      complete: (error, finished) => (error ? done.reject(error) : done.resolve(finished)),
    });
    try {
      const ended = await firstOf(done.promise, this.#until(signal), timeoutSeconds * 1_000 + GRACE_MS);
      if (ended !== "aborted" && ended !== "late") return resultOf(ended, failed);
      this.#throwIfLost();
      await this.#cancel(execution, done.promise);
      signal?.throwIfAborted();
      const message = `the statement did not end within its limit of ${timeoutSeconds} s, nor when it was told to`;
      throw new AgentError("StatementTimeout", message, { status: 504, retryable: false });
    } catch (error) {
      throw signal?.aborted ? signal.reason : failed(error);
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
      ...resultOptions(),
      complete: (error, finished) => (error ? done.reject(error) : done.resolve(finished)),
    });
    const { statementTimeoutSeconds: timeoutSeconds, account } = this.#options;
    const failed = (error: unknown) => this.#failed(error, timeoutSeconds, 0);
    try {
      const ended = await firstOf(done.promise, this.#until(signal), timeoutSeconds * 1_000);
      if (ended !== "aborted" && ended !== "late") return resultOf(ended, failed);
      this.#lost = true;
      this.#throwIfLost();
      signal?.throwIfAborted();
      throw new AgentError("SnowflakeUnavailable", `Snowflake at ${account.url} does not hand over the result`, {
        status: 503,
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (["000612", "000709", "000710"].includes(failureOf(error).code)) {
        const message = "Snowflake keeps results for 24 hours, and has this one no more: run the statement again";
        throw new AgentError("ResultExpired", message, { status: 410, retryable: false, cause: error });
      }
      throw failed(error);
    }
  }

  /** Logs out, for at most 5 s, and closes its sockets: nothing that the driver still wants to repeat leaves any more. */
  async close(): Promise<void> {
    const gone = Promise.withResolvers<void>();
    this.#connection.destroy(() => gone.resolve());
    await within(CANCEL_MS, gone.promise, "no logout").catch(() => undefined);
    this.#sockets.shut();
  }

  /** What is told of a failure; the session is given up where it can run nothing more. */
  #failed(error: unknown, timeoutSeconds: number, elapsedMs: number): AgentError {
    if (isSessionLost(failureOf(error))) this.#lost = true;
    const { account, warehouse } = this.#options;
    return statementError(error, { url: account.url, warehouse, timeoutSeconds, elapsedMs });
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
