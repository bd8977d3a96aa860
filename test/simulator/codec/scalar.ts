import { AwsError } from "../operation.ts";
import type { Scalar, TimestampFormat } from "./shape.ts";

/** A request that is no valid text of its protocol: AWS's SerializationException. */
export const malformed = (message: string): AwsError => new AwsError("SerializationException", message);

export function fromText(shape: Scalar, text: string): unknown {
  if (shape.kind === "number") {
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number)) throw malformed(`'${text}' can not be converted to a number`);
    return number;
  }
  if (shape.kind === "boolean") {
    if (!/^(true|false)$/i.test(text)) throw malformed(`'${text}' can not be converted to a boolean`);
    return text.toLowerCase() === "true";
  }
  if (shape.kind === "timestamp") return toDate(text);
  if (shape.kind === "blob") return Buffer.from(text, "base64");
  return text;
}

/** Any of the three formats: clients may send whichever they like. */
export function toDate(value: unknown): Date {
  const date =
    typeof value === "number" || /^-?[\d.]+$/.test(String(value))
      ? new Date(Number(value) * 1000)
      : new Date(String(value));
  if (Number.isNaN(date.getTime())) throw malformed(`'${value}' is not a valid timestamp`);
  return date;
}

export function toText(shape: Scalar, value: unknown, otherwise: TimestampFormat): string {
  if (shape.kind === "timestamp") return formatDate(value as Date, shape.format ?? otherwise);
  if (shape.kind === "blob") return Buffer.from(value as Uint8Array).toString("base64");
  return String(value);
}

function formatDate(date: Date, format: TimestampFormat): string {
  if (format === "date-time") return date.toISOString().replace(".000Z", "Z");
  return format === "http-date" ? date.toUTCString() : String(date.getTime() / 1000);
}
