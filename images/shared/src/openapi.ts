import { STATUS_CODES } from "node:http";
import type { SwaggerTransformObject } from "@fastify/swagger";
import { jsonSchemaTransformObject } from "fastify-type-provider-zod";

interface Document {
  paths?: Record<string, Record<string, { responses?: Record<string, { description?: string }> }>>;
  components?: { schemas?: Record<string, unknown> };
}

/** What @fastify/swagger says of an answer without a description. */
const NO_DESCRIPTION = "Default Response";

/**
 * The OpenAPI document with the schemas that it refers to as components, and no others (the type provider adds each one
 * twice, as input and as output), and with the status' own words where an answer has no description.
 */
export const openapiDocument: SwaggerTransformObject = (document) => {
  const whole = jsonSchemaTransformObject(document) as Document;
  for (const { responses = {} } of Object.values(whole.paths ?? {}).flatMap((path) => Object.values(path))) {
    for (const [status, response] of Object.entries(responses)) {
      if (response.description === NO_DESCRIPTION) response.description = STATUS_CODES[status] ?? status;
    }
  }
  const schemas = whole.components?.schemas ?? {};
  const used = usedIn(whole.paths, schemas);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...whole, components: { ...whole.components, schemas: kept } } as ReturnType<SwaggerTransformObject>;
};

/** Names of the schemas that `part` refers to, and those to which they do. */
function usedIn(part: unknown, schemas: Record<string, unknown>, used = new Set<string>()): Set<string> {
  for (const [, name = ""] of JSON.stringify(part ?? {}).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (used.has(name)) continue;
    used.add(name);
    usedIn(schemas[name], schemas, used);
  }
  return used;
}
