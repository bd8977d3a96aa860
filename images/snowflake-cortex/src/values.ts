import type { Column as DriverColumn } from "snowflake-sdk";

/** A column as answers describe it. */
export interface Column {
  readonly name: string;
  /** Snowflake's logical type: fixed, real, text, boolean, date, time, timestamp_ntz, variant, … */
  readonly type: string;
  readonly nullable: boolean;
  readonly precision?: number;
  readonly scale?: number;
}

/** JSON value of a cell. */
export type Value = string | number | boolean | null | object;

/**
 * How a column's cells become JSON:
 *
 * - numbers are numbers where a double holds them exactly, else strings with all digits;
 * - DATE, TIME and timestamps are ISO 8601 with as many digits of a second as the column has: TIMESTAMP_NTZ without
 *   offset, TIMESTAMP_LTZ in UTC, TIMESTAMP_TZ with its own offset;
 * - VARIANT, OBJECT, ARRAY and MAP are JSON; what is no JSON (XML) is text;
 * - BINARY is hexadecimal, in upper case.
 */
export interface Cells {
  readonly columns: readonly Column[];
  /** @param cells a row of the driver in array mode, with numbers and JSON fetched as strings (fetchedAsString) */
  row(cells: readonly unknown[]): Value[];
}

/** Kinds that the driver hands over as text: it would round numbers, and evaluate what is no JSON as JavaScript. */
export const fetchedAsString = ["Number", "JSON"] as const;

export function cellsOf(driverColumns: readonly DriverColumn[]): Cells {
  const converters = driverColumns.map((column) => converter(column.getType()));
  return {
    columns: driverColumns.map(describe),
    row: (cells) => cells.map((cell, index) => (cell === null || cell === undefined ? null : convert(index, cell))),
  };

  function convert(index: number, cell: unknown): Value {
    return converters[index]?.(cell) ?? String(cell);
  }
}

function describe(column: DriverColumn): Column {
  const type = column.getType().toLowerCase();
  const isFixed = type === "fixed";
  return {
    name: column.getName(),
    type,
    nullable: column.isNullable(),
    ...(isFixed && { precision: column.getPrecision(), scale: column.getScale() }),
  };
}

function converter(type: string): (cell: unknown) => Value {
  switch (type.toLowerCase()) {
    case "fixed":
    case "real":
    case "decfloat":
      return (cell) => exactNumber(String(cell));
    case "boolean":
      return (cell) => (typeof cell === "boolean" ? cell : String(cell));
    case "date":
      return (cell) => (isDate(cell) ? cell.toISOString().slice(0, 10) : String(cell));
    case "time":
      // The driver formats it by TIME_OUTPUT_FORMAT, which a session sets to end in a point and the fraction.
      return (cell) => String(cell).replace(/\.$/, "");
    case "timestamp_ntz":
    case "timestamp_ltz":
    case "timestamp_tz":
      return (cell) => (isTimestamp(cell) ? timestamp(cell, type.toLowerCase()) : String(cell));
    case "variant":
    case "object":
    case "array":
    case "map":
    case "vector":
      return (cell) => (typeof cell === "string" ? json(cell) : structured(cell));
    case "binary":
      return (cell) => (Buffer.isBuffer(cell) ? cell.toString("hex").toUpperCase() : String(cell));
    default:
      return (cell) => (typeof cell === "string" ? cell : JSON.stringify(cell));
  }
}

/** A number where reading it back gives the same digits, else the text: "NaN" and "inf" of REAL are texts. */
export function exactNumber(text: string): number | string {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) return text;
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(value) ? value : text;
  const digits = text.replace(/e.*$/i, "").replaceAll(/[-+.]/g, "").replace(/^0+/, "");
  return digits.length <= 15 || String(value) === text ? value : text;
}

function json(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

/** Values of structured types (ARRAY(NUMBER), MAP(…)), which the driver reads itself. */
function structured(cell: unknown): Value {
  return JSON.parse(JSON.stringify(cell, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value)));
}

interface DriverTimestamp extends Date {
  getEpochSeconds(): number;
  getNanoSeconds(): number;
  getScale(): number;
  /** Minutes east of UTC in a TIMESTAMP_TZ, else a name. */
  getTimezone(): number | string;
}

const isDate = (cell: unknown): cell is Date => cell instanceof Date;
const isTimestamp = (cell: unknown): cell is DriverTimestamp => isDate(cell) && "getEpochSeconds" in cell;

const two = (value: number): string => String(value).padStart(2, "0");

function timestamp(cell: DriverTimestamp, type: string): string {
  const zone = cell.getTimezone();
  const offset = type === "timestamp_tz" && typeof zone === "number" ? zone : 0;
  const local = new Date((cell.getEpochSeconds() + offset * 60) * 1_000).toISOString().slice(0, 19);
  const sign = offset < 0 ? "-" : "+";
  const hours = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const suffix = type === "timestamp_ntz" ? "" : type === "timestamp_ltz" || offset === 0 ? "Z" : hours;
  return local + fraction(cell.getNanoSeconds(), cell.getScale()) + suffix;
}

function fraction(nanoseconds: number, scale: number): string {
  return scale > 0 ? `.${String(nanoseconds).padStart(9, "0").slice(0, scale)}` : "";
}
