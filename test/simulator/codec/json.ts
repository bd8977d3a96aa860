import { malformed, toDate, toText } from "./scalar.ts";
import type { Member, Shape } from "./shape.ts";

/** awsJson names members as the model does, restJson1 by their jsonName. */
export type NameOf = (member: Member) => string;
export const byName: NameOf = (member) => member.name;
export const byJsonName: NameOf = (member) => member.jsonName;

type Fields = Readonly<Record<string, unknown>>;

export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch {
    throw malformed("Unable to parse the request body as JSON");
  }
}

/** @throws SerializationException when a value has another JSON type than its shape. */
export function readJson(shape: Shape, value: unknown, nameOf: NameOf): unknown {
  switch (shape.kind) {
    case "structure":
      return readMembers(shape.members, value, nameOf);
    case "list":
      if (!Array.isArray(value)) throw malformed("Expected list");
      return value.map((item) => readJson(shape.item, item, nameOf));
    case "map":
      return Object.fromEntries(
        Object.entries(fields(value)).map(([key, item]) => [key, readJson(shape.value, item, nameOf)]),
      );
    case "timestamp":
      return toDate(value);
    case "blob":
      return Buffer.from(String(value), "base64");
    case "string":
    case "number":
    case "boolean":
      if (typeof value !== shape.kind) throw malformed(`${typeof value} value cannot be converted to ${shape.kind}`);
      return value;
    default:
      return value;
  }
}

export function readMembers(members: readonly Member[], value: unknown, nameOf: NameOf): Record<string, unknown> {
  const given = fields(value);
  const read: Record<string, unknown> = {};
  for (const member of members) {
    const item = given[nameOf(member)];
    if (item !== undefined && item !== null) read[member.name] = readJson(member.shape, item, nameOf);
  }
  return read;
}

export function writeJson(shape: Shape, value: unknown, nameOf: NameOf): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case "structure":
      return writeMembers(shape.members, value as Fields, nameOf);
    case "list":
      return (value as readonly unknown[]).map((item) => writeJson(shape.item, item, nameOf));
    case "map":
      return Object.fromEntries(
        Object.entries(value as Fields).map(([key, item]) => [key, writeJson(shape.value, item, nameOf)]),
      );
    case "timestamp":
      return shape.format && shape.format !== "epoch-seconds"
        ? toText(shape, value, "epoch-seconds")
        : (value as Date).getTime() / 1000;
    case "blob":
      return toText(shape, value, "epoch-seconds");
    default:
      return value;
  }
}

export function writeMembers(members: readonly Member[], value: Fields, nameOf: NameOf): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const member of members) {
    const item = value[member.name];
    if (item !== undefined && item !== null) written[nameOf(member)] = writeJson(member.shape, item, nameOf);
  }
  return written;
}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("Expected map or structure");
  return value as Fields;
}
