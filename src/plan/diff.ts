import { isRef, isTemplate, nodesIn, Sensitive } from "../graph/ref.ts";

/** One field that differs. Values are plain data or references that are not known yet; never a sensitive value. */
export interface FieldChange {
  readonly field: string;
  readonly from?: unknown;
  readonly to: unknown;
  /** AWS cannot change it in place. */
  readonly createOnly?: true;
}

export type Plain = Readonly<Record<string, unknown>>;

export interface DiffRules {
  readonly createOnly: readonly string[];
  readonly partial?: readonly string[];
  readonly same?: { readonly [field: string]: ((desired: never, live: never) => boolean) | undefined };
}

/**
 * The fields in which live differs from desired. A field that either side leaves out is not compared: desired leaves
 * out what another controller owns, live what cannot be read. A value that refers to a node whose outputs are not known
 * counts as a difference only when `willChange` says that the node gets new outputs.
 */
export function diff(
  desired: Plain,
  live: Plain,
  rules: DiffRules,
  willChange: (node: string) => boolean,
): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const [field, to] of Object.entries(desired)) {
    if (to === undefined || !(field in live)) continue;
    const from = live[field];
    const unknown = nodesIn(to);
    const differs = unknown.size > 0 ? [...unknown].some(willChange) : !isSame(field, desired, live, rules);
    if (differs)
      changes.push({ field, from, to, ...(rules.createOnly.includes(field) && { createOnly: true as const }) });
  }
  return changes;
}

function isSame(field: string, desired: Plain, live: Plain, rules: DiffRules): boolean {
  const same = rules.same?.[field] as ((desired: Plain, live: Plain) => boolean) | undefined;
  if (same) return same(desired, live);
  return rules.partial?.includes(field) ? covers(live[field], desired[field]) : equal(live[field], desired[field]);
}

/** Deep equality of plain data; an undefined member is the same as none. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Sensitive || b instanceof Sensitive) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  const left = a as Plain;
  const right = b as Plain;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => equal(left[key], right[key]));
}

function covers(live: unknown, desired: unknown): boolean {
  if (typeof live !== "object" || live === null || typeof desired !== "object" || desired === null) return false;
  return Object.entries(desired).every(([key, value]) => equal((live as Plain)[key], value));
}

/** A value as people read it in plans, events and messages. Unknown references read `(known after apply)`. */
export function show(value: unknown): string {
  if (value === undefined) return "(none)";
  if (value instanceof Sensitive) return value.toString();
  if (isRef(value)) return `(${value.$ref.node}.${value.$ref.output}, known after apply)`;
  if (isTemplate(value)) return value.$template.map((part) => (typeof part === "string" ? part : show(part))).join("");
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${key}: ${show(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}
