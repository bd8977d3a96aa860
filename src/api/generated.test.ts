import { readFileSync } from "node:fs";
import { expect, expectTypeOf, test } from "vitest";
import { generated } from "../../scripts/generated.ts";
import type { InventoryEntry as EngineEntry } from "../apply/inventory.ts";
import { customResourceDefinition } from "./crd.ts";
import type { InventoryEntry } from "./status.ts";

test.each(Object.entries(generated()))("%s is what npm run generate writes", (path, content) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(content);
});

test("every field has a description", () => {
  expect(fieldsWithoutDescription(root(), "")).toEqual([]);
});

test("every list, map and string of the spec is bounded, so that the cost of rules can be estimated", () => {
  const { spec } = (root().properties ?? {}) as Record<string, Schema>;
  expect(unbounded(spec as Schema, "spec")).toEqual([]);
});

test("what the engine records in the inventory is what the schema keeps", () => {
  expectTypeOf<EngineEntry["intent"]>().toExtend<InventoryEntry["intent"]>();
  expectTypeOf<keyof EngineEntry>().toEqualTypeOf<keyof InventoryEntry>();
});

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly description?: string;
  readonly enum?: unknown[];
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly maxProperties?: number;
}

function root(): Schema {
  const { spec } = customResourceDefinition() as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  return spec.versions[0]?.schema.openAPIV3Schema ?? {};
}

function fieldsWithoutDescription(schema: Schema, path: string): string[] {
  const standard = ["/apiVersion", "/kind", "/metadata"];
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = `${path}/${name}`;
    const missing = property.description || standard.includes(here) ? [] : [here];
    return [...missing, ...fieldsWithoutDescription(property.items ?? property, here)];
  });
}

function unbounded(schema: Schema, path: string): string[] {
  const bounds = { array: schema.maxItems, string: schema.enum ?? schema.maxLength, map: schema.maxProperties };
  const type = schema.additionalProperties ? "map" : schema.type;
  const own = type !== undefined && type in bounds && bounds[type as keyof typeof bounds] === undefined ? [path] : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    unbounded(property, `${path}.${name}`),
  );
  const items = [schema.items, schema.additionalProperties].flatMap((item) =>
    item ? unbounded(item, `${path}[]`) : [],
  );
  return [...own, ...below, ...items];
}
