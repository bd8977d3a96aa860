import { AgentError, traced } from "@agentorchestrator/shared";
import type { Binds } from "snowflake-sdk";
import type { Cursors, Position } from "./cursor.ts";
import type { SessionPool } from "./pool.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import { checkStatement } from "./statement-text.ts";
import { queryTag } from "./tag.ts";
import type { Column, Value } from "./values.ts";

export interface Query {
  readonly sql: string;
  /** For each `?`, or `:1`, `:2`, … of the statement. */
  readonly binds?: Binds | undefined;
  /** Seconds; never more than the configured limit. */
  readonly timeoutSeconds?: number | undefined;
  /** Most rows of the whole result; never more than the configured limit. */
  readonly maxRows?: number | undefined;
}

export interface Page {
  /** Snowflake's id of the statement, as in QUERY_HISTORY. */
  readonly queryId: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Value[][];
  /** Rows that can be read, over all pages. */
  readonly rowCount: number;
  /** Whether the statement had more rows than may be read. */
  readonly truncated: boolean;
  /** Leads to the next page; absent on the last one. */
  readonly nextCursor?: string;
}

/** A line of a streamed result: the columns first, then a row each, then the end. */
export type Line =
  | { readonly queryId: string; readonly columns: readonly Column[] }
  | { readonly row: readonly Value[] }
  | { readonly end: { readonly rows: number; readonly truncated: boolean; readonly nextCursor?: string } };

export interface QueryLimits {
  readonly agent: string;
  readonly timeoutSeconds: number;
  readonly maxRows: number;
  /** Of the rows of one answer, as JSON. */
  readonly maxBytes: number;
}

/** Statements that read. That they do is the role's doing (role.ts); their text is looked at only for clear messages. */
export class Queries {
  readonly #pool: SessionPool;
  readonly #cursors: Cursors;
  readonly #limits: QueryLimits;

  constructor(pool: SessionPool, cursors: Cursors, limits: QueryLimits) {
    this.#pool = pool;
    this.#cursors = cursors;
    this.#limits = limits;
  }

  /**
   * Runs a statement and returns the first rows.
   *
   * @throws AgentError StatementRefused, the codes of failures.ts, 422 RowTooLarge
   */
  async first(query: Query, pageRows: number, signal: AbortSignal): Promise<Page> {
    checkStatement(query.sql);
    return traced("query", { type: "tool", input: { sql: query.sql } }, (span) =>
      this.#pool.use(signal, async (session) => {
        const { result, limit, truncated } = await this.#run(session, query, signal);
        const page = await this.#page(result, { queryId: result.queryId, row: 0, limit }, pageRows, signal);
        span.update({ output: { queryId: result.queryId, rowCount: page.rowCount } });
        return { ...page, truncated };
      }),
    );
  }

  /** The rows after `cursor`, on any replica, for 24 hours. @throws AgentError CursorInvalid, ResultExpired */
  async next(cursor: string, pageRows: number, signal: AbortSignal): Promise<Page> {
    const position = await this.#cursors.read(cursor);
    return this.#pool.use(signal, async (session) => {
      const result = await session.result(position.queryId, signal);
      const page = await this.#page(result, position, pageRows, signal);
      return { ...page, truncated: result.rowCount > position.limit };
    });
  }

  /**
   * Runs a statement and yields its rows as they are fetched, so that nothing large is held. Ends early, with a cursor,
   * when the limit of bytes is reached.
   */
  async *stream(query: Query, signal: AbortSignal): AsyncGenerator<Line> {
    checkStatement(query.sql);
    const { session, giveBack } = await this.#pool.borrow(signal);
    try {
      const run = () => this.#run(session, query, signal);
      const { result, limit, truncated } = await traced("query", { type: "tool", input: { sql: query.sql } }, run);
      yield { queryId: result.queryId, columns: result.columns };
      const budget = new Budget(this.#limits.maxBytes);
      const end = Math.min(limit, result.rowCount);
      let row = 0;
      for await (const values of result.rows(0, end, signal)) {
        if (!budget.takes(values)) break;
        yield { row: values };
        row += 1;
      }
      const rest = row < end && { nextCursor: await this.#cursors.write({ queryId: result.queryId, row, limit }) };
      yield { end: { rows: row, truncated, ...rest } };
    } finally {
      giveBack();
    }
  }

  async #run(session: Session, query: Query, signal: AbortSignal) {
    const limit = Math.min(query.maxRows ?? this.#limits.maxRows, this.#limits.maxRows);
    const result = await session.run({
      sql: query.sql,
      ...(query.binds && { binds: query.binds }),
      timeoutSeconds: Math.min(query.timeoutSeconds ?? this.#limits.timeoutSeconds, this.#limits.timeoutSeconds),
      // One more than may be read shows that there are more.
      maxRows: limit + 1,
      tag: queryTag(this.#limits.agent),
      signal,
    });
    return { result, limit, truncated: result.rowCount > limit };
  }

  async #page(
    result: Result,
    position: Position,
    pageRows: number,
    signal: AbortSignal,
  ): Promise<Omit<Page, "truncated">> {
    const { queryId, row, limit } = position;
    const rowCount = Math.min(result.rowCount, limit);
    const budget = new Budget(this.#limits.maxBytes);
    const rows: Value[][] = [];
    for await (const values of result.rows(row, Math.min(row + pageRows, rowCount), signal)) {
      if (!budget.takes(values)) break;
      rows.push(values);
    }
    const next = row + rows.length;
    const nextCursor = next < rowCount && { nextCursor: await this.#cursors.write({ queryId, row: next, limit }) };
    return { queryId, columns: result.columns, rows, rowCount, ...nextCursor };
  }
}

/** Bytes of rows as JSON that an answer may still hold. */
class Budget {
  readonly #maxBytes: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the row still fits. @throws AgentError 422 RowTooLarge when it is the first one and does not */
  takes(row: readonly Value[]): boolean {
    const bytes = Buffer.byteLength(JSON.stringify(row));
    if (this.#used + bytes <= this.#maxBytes) {
      this.#used += bytes;
      return true;
    }
    if (this.#used > 0) return false;
    const message = `a row of ${bytes} bytes is larger than ${this.#maxBytes}: select fewer columns or parts of them, or raise SNOWFLAKE_MAX_BYTES`;
    throw new AgentError("RowTooLarge", message, { status: 422, retryable: false });
  }
}
