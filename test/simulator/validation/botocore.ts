import type { Constraint, Constraints } from "./constraints.ts";

/** A model of botocore, as data/<service>/<version>/service-2.json has it. */
export interface BotocoreModel {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, BotocoreShape>>;
}

interface BotocoreShape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly sensitive?: boolean;
}

const NUMBERS = ["integer", "long", "float", "double"];

/** The constraints on the inputs of these operations. Pure, so that a test can hold the committed data against it. */
export function extractConstraints(model: BotocoreModel, version: string, operations: readonly string[]): Constraints {
  const extracted = new Map<string, Constraint | undefined>();
  const reach = (name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    if (!extracted.has(name)) {
      // A shape that is met again while it is being read is recursive: it is taken to carry a constraint.
      extracted.set(name, { type: "structure" });
      extracted.set(name, extract(name));
    }
    return extracted.get(name) ? name : undefined;
  };
  const extract = (name: string): Constraint | undefined => {
    const shape = model.shapes[name];
    if (!shape) throw new Error(`the model has no shape ${name}`);
    const size = {
      ...(shape.min !== undefined && { min: shape.min }),
      ...(shape.max !== undefined && { max: shape.max }),
    };
    const sized = Object.keys(size).length > 0;
    if (shape.type === "structure") {
      const members: Record<string, string> = {};
      for (const [member, { shape: target }] of Object.entries(shape.members ?? {})) {
        const reached = reach(target);
        if (reached) members[member] = reached;
      }
      const required = shape.required ?? [];
      const some = Object.keys(members).length > 0;
      if (!some && required.length === 0) return undefined;
      return { type: "structure", ...(required.length > 0 && { required }), ...(some && { members }) };
    }
    if (shape.type === "list") {
      const item = reach(shape.member?.shape);
      return sized || item ? { type: "list", ...(item && { item }), ...size } : undefined;
    }
    if (shape.type === "map") {
      const key = reach(shape.key?.shape);
      const value = reach(shape.value?.shape);
      return sized || key || value ? { type: "map", ...(key && { key }), ...(value && { value }), ...size } : undefined;
    }
    if (shape.type === "string") {
      const pattern = shape.pattern !== undefined && isRegExp(shape.pattern) ? { pattern: shape.pattern } : {};
      const values = shape.enum ? { enum: shape.enum } : {};
      const rules = { ...pattern, ...values, ...size };
      if (Object.keys(rules).length === 0) return undefined;
      return { type: "string", ...rules, ...(shape.sensitive && { sensitive: true as const }) };
    }
    if (NUMBERS.includes(shape.type)) return sized ? { type: "number", ...size } : undefined;
    return undefined;
  };

  const inputs: Record<string, string | null> = {};
  for (const operation of [...operations].sort())
    inputs[operation] = reach(model.operations[operation]?.input?.shape) ?? null;
  const shapes: Record<string, Constraint> = {};
  for (const name of [...extracted.keys()].sort()) {
    const constraint = extracted.get(name);
    if (constraint) shapes[name] = constraint;
  }
  return { botocore: version, operations: inputs, shapes };
}

/** Some of AWS's patterns are Java's own and no regular expressions of JavaScript: those are left out. */
function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
