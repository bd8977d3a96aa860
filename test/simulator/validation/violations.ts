import type { Constraint, Constraints } from "./constraints.ts";

/** Something in an input that its model does not allow. */
export interface Violation {
  /** From the input down: ["Tags", "1", "Key"], list items counted from 1. */
  readonly path: readonly string[];
  /** What was given: undefined when a required member is missing. */
  readonly value: unknown;
  /** Its value must not be printed. */
  readonly sensitive: boolean;
  readonly rule: "required" | "enum" | "pattern" | "min" | "max";
  /** The bound, the values or the pattern. */
  readonly expected: string;
  /** What min and max count. */
  readonly counts?: "length" | "value";
}

export function violationsOf(constraints: Constraints, action: string, input: object): readonly Violation[] {
  const shape = constraints.operations[action];
  const found: Violation[] = [];
  if (shape) check(constraints, shape, input, [], found);
  return found;
}

function check(
  all: Constraints,
  name: string | undefined,
  value: unknown,
  path: readonly string[],
  found: Violation[],
) {
  const constraint = name === undefined ? undefined : all.shapes[name];
  if (!constraint || value === undefined || value === null) return;
  switch (constraint.type) {
    case "structure": {
      const fields = value as Readonly<Record<string, unknown>>;
      for (const member of constraint.required ?? []) {
        if (fields[member] !== undefined) continue;
        found.push({ path: [...path, member], value: undefined, sensitive: false, rule: "required", expected: "" });
      }
      for (const [member, shape] of Object.entries(constraint.members ?? {})) {
        check(all, shape, fields[member], [...path, member], found);
      }
      return;
    }
    case "list": {
      const items = value as readonly unknown[];
      checkSize(constraint, items.length, value, path, found);
      for (const [index, item] of items.entries()) check(all, constraint.item, item, [...path, `${index + 1}`], found);
      return;
    }
    case "map": {
      const entries = Object.entries(value);
      checkSize(constraint, entries.length, value, path, found);
      for (const [key, item] of entries) {
        check(all, constraint.key, key, [...path, key], found);
        check(all, constraint.value, item, [...path, key], found);
      }
      return;
    }
    case "number":
      checkSize(constraint, Number(value), value, path, found);
      return;
    case "string":
      checkString(constraint, String(value), path, found);
  }
}

function checkString(
  constraint: Extract<Constraint, { type: "string" }>,
  value: string,
  path: readonly string[],
  found: Violation[],
) {
  const sensitive = constraint.sensitive ?? false;
  checkSize(constraint, value.length, value, path, found);
  if (constraint.pattern !== undefined && !patternOf(constraint.pattern).test(value)) {
    found.push({ path, value, sensitive, rule: "pattern", expected: constraint.pattern });
  }
  if (constraint.enum && !constraint.enum.includes(value)) {
    found.push({ path, value, sensitive, rule: "enum", expected: `[${constraint.enum.join(", ")}]` });
  }
}

function checkSize(constraint: Constraint, size: number, value: unknown, path: readonly string[], found: Violation[]) {
  if (constraint.type === "structure") return;
  const { min, max } = constraint;
  const sensitive = constraint.type === "string" && (constraint.sensitive ?? false);
  const about = { path, value, sensitive, counts: constraint.type === "number" ? "value" : "length" } as const;
  if (min !== undefined && size < min) found.push({ ...about, rule: "min", expected: String(min) });
  if (max !== undefined && size > max) found.push({ ...about, rule: "max", expected: String(max) });
}

const patterns = new Map<string, RegExp>();

/** AWS's patterns are for the whole of a value, whether they say so or not. */
function patternOf(pattern: string): RegExp {
  let regexp = patterns.get(pattern);
  if (!regexp) {
    regexp = new RegExp(`^(?:${pattern})$`, "su");
    patterns.set(pattern, regexp);
  }
  return regexp;
}
