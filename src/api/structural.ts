import { z } from "zod";

/** JSON, as a schema of a CustomResourceDefinition is. */
export type Json = { readonly [key: string]: unknown };

/**
 * A structural schema as the API server takes it, from a zod schema: defaults, bounds, descriptions and CEL rules included.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function structural(schema: z.ZodType): Json {
  return convert(z.toJSONSchema(schema, { target: "draft-7", io: "input", reused: "inline" }) as Json);
}

/** Keywords that a structural schema does not have, or that mean "prune what is not listed", which it does anyway. */
const dropped = new Set(["$schema", "propertyNames"]);
/** Bounds that only say "fits into a double". */
const isNoBound = (key: string, value: unknown): boolean =>
  (key === "minimum" || key === "maximum") && typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER;

function convert(schema: Json): Json {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || isNoBound(key, value)) continue;
    // date-time is checked as a format; zod's pattern for it is not RE2 and has thousands of characters.
    if (key === "pattern" && schema.format === "date-time") continue;
    if (key === "const") out.enum = [value];
    else if (key === "properties") out.properties = mapValues(value as Json, (property) => convert(property as Json));
    else if (key === "items") out.items = convert(value as Json);
    else if (key === "additionalProperties") {
      // false is how structural schemas behave; {} (anything) must be x-kubernetes-preserve-unknown-fields instead.
      if (typeof value === "object" && value !== null && Object.keys(value).length > 0)
        out[key] = convert(value as Json);
    } else out[key] = value;
  }
  // The server holds a default against the rules before it fills in the defaults within it.
  if (out.type === "object" && out.default !== undefined) out.default = withDefaults(out.default as Json, out);
  return out;
}

function withDefaults(value: Json, schema: Json): Json {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const defaults = Object.entries(properties).filter(([, property]) => property.default !== undefined);
  return { ...Object.fromEntries(defaults.map(([key, property]) => [key, property.default])), ...value };
}

function mapValues(record: Json, map: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
