import { z } from "zod";
import { group, kind, maxNameLength, version } from "./resource.ts";
import { type AnyRule, rulesFor } from "./rule.ts";
import { type Spec, spec } from "./spec.ts";

/** One thing that the API server would refuse. */
export interface Invalid {
  /** "spec.agents[0].port" */
  readonly field: string;
  readonly message: string;
}

export type Validated =
  | { readonly ok: true; readonly spec: Spec }
  | { readonly ok: false; readonly problems: readonly Invalid[] };

/**
 * Judges a whole object as the API server does on admission: schema, list keys, CEL rules and, given the object as it
 * was, transition rules. A valid one comes back as its spec with the schema's defaults. Rules are evaluated only where
 * the shape is right, as on the server. It goes beyond the server in nothing.
 */
export function validate(object: unknown, old?: unknown): Validated {
  const problems = aboutObject(object);
  const parsed = spec.safeParse(isObject(object) ? object.spec : undefined);
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap(describeIssue));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const before = isObject(old) ? spec.safeParse(old.spec) : undefined;
  walk(spec, parsed.data, before?.success ? before.data : undefined, "spec", problems);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, spec: parsed.data };
}

function aboutObject(object: unknown): Invalid[] {
  if (!isObject(object)) return [{ field: "", message: `must be an object of kind ${kind}` }];
  const problems: Invalid[] = [];
  const wanted = `${group}/${version}`;
  if (object.apiVersion !== wanted) problems.push({ field: "apiVersion", message: `must be ${wanted}` });
  if (object.kind !== kind) problems.push({ field: "kind", message: `must be ${kind}` });
  const name = isObject(object.metadata) ? object.metadata.name : undefined;
  if (typeof name !== "string" || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) {
    problems.push({ field: "metadata.name", message: "must be lower-case letters, digits, hyphens and dots" });
  } else if (name.length > maxNameLength) {
    problems.push({
      field: "metadata.name",
      message: `has ${maxNameLength} characters at most: choose a shorter name`,
    });
  }
  return problems;
}

function describeIssue(issue: z.core.$ZodIssue): Invalid[] {
  const field = pathText(["spec", ...issue.path]);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: `${field}.${key}`,
      message: "there is no such field: remove it or correct its name",
    }));
  }
  return [{ field, message: issue.message }];
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}

type Meta = Readonly<Record<string, unknown>>;

/** Checks the rules of `schema` and of all within it. */
function walk(
  schema: z.ZodType,
  value: unknown,
  old: unknown,
  field: string,
  problems: Invalid[],
  outerMeta: Meta = {},
): void {
  if (value === undefined) return;
  for (const rule of rulesFor(schema)) if (!holds(rule, value, old)) problems.push({ field, message: rule.message });
  const meta = { ...outerMeta, ...schema.meta() };
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    walk(schema.unwrap() as z.ZodType, value, old, field, problems, meta);
  } else if (schema instanceof z.ZodObject && isObject(value)) {
    for (const [key, property] of Object.entries(schema.shape)) {
      walk(property as z.ZodType, value[key], isObject(old) ? old[key] : undefined, `${field}.${key}`, problems);
    }
  } else if (schema instanceof z.ZodArray && Array.isArray(value)) {
    checkUnique(value, meta, field, problems);
    for (const [index, item] of value.entries()) {
      walk(schema.element as z.ZodType, item, undefined, `${field}[${index}]`, problems);
    }
  } else if (schema instanceof z.ZodRecord && isObject(value)) {
    const most = meta.maxProperties;
    if (typeof most === "number" && Object.keys(value).length > most) {
      problems.push({ field, message: `must have at most ${most} items` });
    }
  }
}

function holds(rule: AnyRule, value: unknown, old: unknown): boolean {
  if ("holds" in rule) return rule.holds(value as never);
  return old === undefined || rule.keeps(value as never, old as never);
}

/** Lists that the API server knows as sets or maps have no two items of the same key. */
function checkUnique(items: readonly unknown[], meta: Meta, field: string, problems: Invalid[]): void {
  const type = meta["x-kubernetes-list-type"];
  const [key] = (meta["x-kubernetes-list-map-keys"] as readonly string[] | undefined) ?? [];
  if (type !== "set" && key === undefined) return;
  const seen = new Set<unknown>();
  for (const [index, item] of items.entries()) {
    const identity = key === undefined ? item : (item as Record<string, unknown>)[key];
    if (seen.has(identity))
      problems.push({ field: `${field}[${index}]`, message: `Duplicate value: ${JSON.stringify(identity)}` });
    seen.add(identity);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
