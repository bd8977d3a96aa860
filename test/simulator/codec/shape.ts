import type { NormalizedSchema } from "@smithy/core/schema";
import type { SchemaTraitsObject } from "@smithy/types";

/**
 * A schema of the SDK, unfolded once into what reading and writing need (names per protocol, what is flattened).
 * Shapes may be recursive: lists and maps look at their items when asked.
 */
export type Shape = Structure | List | Dictionary | Scalar;

export interface Structure {
  readonly kind: "structure";
  readonly name: string;
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly traits: SchemaTraitsObject;
  /** Element name in XML and key in awsQuery. */
  readonly xmlName: string;
  readonly jsonName: string;
  readonly ec2Name: string;
  /** A list or map without an element of its own around its items. */
  readonly flat: boolean;
}

export interface List {
  readonly kind: "list";
  readonly item: Shape;
  readonly itemName: string;
}

export interface Dictionary {
  readonly kind: "map";
  readonly value: Shape;
  readonly keyName: string;
  readonly valueName: string;
}

export interface Scalar {
  readonly kind: "string" | "number" | "boolean" | "blob" | "timestamp" | "document" | "unit";
  readonly format?: TimestampFormat | undefined;
}

export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

/** Smithy's bit values for a timestamp of a fixed format (@smithy/types, schema/sentinels). */
const TIMESTAMP_FORMATS: Readonly<Record<number, TimestampFormat>> = {
  5: "date-time",
  6: "http-date",
  7: "epoch-seconds",
};

const structures = new WeakMap<object, Structure>();

export function shapeOf(schema: NormalizedSchema): Shape {
  if (schema.isStructSchema()) return structureOf(schema);
  if (schema.isListSchema()) return listOf(schema.getValueSchema());
  if (schema.isMapSchema()) return mapOf(schema.getKeySchema(), schema.getValueSchema());
  if (schema.isTimestampSchema()) {
    const format = schema.getMergedTraits().timestampFormat ?? schema.getSchema();
    return { kind: "timestamp", format: typeof format === "number" ? TIMESTAMP_FORMATS[format] : undefined };
  }
  if (schema.isBlobSchema()) return { kind: "blob" };
  if (schema.isBooleanSchema()) return { kind: "boolean" };
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) return { kind: "number" };
  if (schema.isDocumentSchema()) return { kind: "document" };
  return { kind: schema.isUnitSchema() ? "unit" : "string" };
}

function structureOf(schema: NormalizedSchema): Structure {
  const key = schema.getSchema() as object;
  const known = structures.get(key);
  if (known) return known;
  const members: Member[] = [];
  const structure: Structure = {
    kind: "structure",
    name: schema.getOwnTraits().xmlName ?? schema.getName() ?? "",
    members,
  };
  structures.set(key, structure);
  for (const [name, member] of schema.structIterator()) members.push(memberOf(name, member));
  return structure;
}

function memberOf(name: string, schema: NormalizedSchema): Member {
  const traits = schema.getMergedTraits();
  const xmlName = schema.getMemberTraits().xmlName ?? name;
  return {
    name,
    shape: shapeOf(schema),
    traits,
    xmlName,
    jsonName: (traits.jsonName as string | undefined) ?? name,
    ec2Name: (traits.ec2QueryName as string | undefined) ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1),
    flat: Boolean(traits.xmlFlattened),
  };
}

function listOf(item: NormalizedSchema): List {
  let shape: Shape | undefined;
  return {
    kind: "list",
    itemName: item.getMergedTraits().xmlName ?? "member",
    get item() {
      shape ??= shapeOf(item);
      return shape;
    },
  };
}

function mapOf(key: NormalizedSchema, value: NormalizedSchema): Dictionary {
  let shape: Shape | undefined;
  return {
    kind: "map",
    keyName: key.getMergedTraits().xmlName ?? "key",
    valueName: value.getMergedTraits().xmlName ?? "value",
    get value() {
      shape ??= shapeOf(value);
      return shape;
    },
  };
}
