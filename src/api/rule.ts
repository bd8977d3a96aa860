import { z } from "zod";

/** What a field must satisfy, said twice: as the API server evaluates it and as code, so that it can be checked offline. */
export interface Rule<T> {
  /** CEL over `self`. https://kubernetes.io/docs/reference/using-api/cel/ */
  readonly cel: string;
  /** What is wrong and what to do; the field's path comes with it. */
  readonly message: string;
  /** The same as `cel`. Sees the value with defaults applied, as the API server's CEL does. */
  readonly holds: (self: T) => boolean;
}

/** What a change must satisfy: CEL over `self` and `oldSelf`, evaluated only where both exist. */
export interface Transition<T> {
  readonly cel: string;
  readonly message: string;
  readonly keeps: (self: T, old: T) => boolean;
}

export type AnyRule = Rule<never> | Transition<never>;

/** A registry of zod: what `.describe()` and `.meta()` derive from a schema keeps its rules. */
const registry = z.registry<{ rules: readonly AnyRule[] }>();

/** The schema with these rules. Call it after what changes the schema's own checks. */
export function ruled<S extends z.ZodType>(
  schema: S,
  ...rules: readonly (Rule<z.output<S>> | Transition<z.output<S>>)[]
): S {
  const all = [...rulesFor(schema), ...rules];
  const validations = all.map(({ cel, message }) => ({ rule: cel, message }));
  const withRules = schema.meta({ ...schema.meta(), "x-kubernetes-validations": validations });
  registry.add(withRules, { rules: all });
  return withRules;
}

export function rulesFor(schema: z.ZodType): readonly AnyRule[] {
  return registry.get(schema)?.rules ?? [];
}

/** A list whose items are told apart by one property, for server-side apply and for uniqueness. */
export function keyedBy<S extends z.ZodType>(key: string, schema: S): S {
  return schema.meta({ ...schema.meta(), "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key] });
}

/** A list of scalars without order or repetition. */
export function asSet<S extends z.ZodType>(schema: S): S {
  return schema.meta({ ...schema.meta(), "x-kubernetes-list-type": "set" });
}

/** A map of at most so many entries: the bound lets the API server estimate the cost of rules over it. */
export function atMost<S extends z.ZodType>(entries: number, schema: S): S {
  return schema.meta({ ...schema.meta(), maxProperties: entries });
}
