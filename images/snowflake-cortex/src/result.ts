import { addAbortSignal } from "node:stream";
import type { RowMode, RowStatement } from "snowflake-sdk";
import { type Cells, type Column, cellsOf, fetchedAsString, type Value } from "./values.ts";

/** The result of a statement, kept by Snowflake for 24 hours; its rows are fetched as they are read. */
export interface Result {
  readonly queryId: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Rows `start` up to and without `end`, first row 0; only the result files that hold them are fetched. */
  rows(start: number, end: number, signal?: AbortSignal): AsyncIterable<Value[]>;
}

/** How statements have to be run for resultOf. A new object each time: the driver keeps it, and adds to it. */
export function resultOptions() {
  const rowMode: RowMode = "array";
  return { streamResult: true, rowMode, fetchAsString: [...fetchedAsString] };
}

/** @param failed what is to be thrown for an error of the driver while rows are fetched */
export function resultOf(statement: RowStatement, failed: (error: unknown) => Error): Result {
  const cells: Cells = cellsOf(statement.getColumns() ?? []);
  const rowCount = statement.getNumRows() ?? 0;
  return {
    queryId: statement.getQueryId(),
    columns: cells.columns,
    rowCount,
    async *rows(start, wanted, signal) {
      const end = Math.min(wanted, rowCount);
      if (start >= end) return;
      const stream = statement.streamRows({ start, end: end - 1, fetchAsString: [...fetchedAsString] });
      if (signal) addAbortSignal(signal, stream);
      try {
        for await (const row of stream) yield cells.row(row as unknown[]);
      } catch (error) {
        throw signal?.aborted ? signal.reason : failed(error);
      }
    },
  };
}
