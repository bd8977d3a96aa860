/** What a node will know once AWS has made it: an output of another node, by name. Using one in props draws the edge. */
export interface Ref<T = unknown> {
  readonly $ref: { readonly node: string; readonly output: string };
  /** Never set: carries the type of the value that the reference stands for. */
  readonly $type?: T;
}

/** A string with references in it, as an ARN or a policy needs. */
export interface Template {
  readonly $template: readonly (string | Ref<unknown>)[];
}

/** A value that must never be printed: its JSON, its string and its inspection are all the same fixed word. */
export class Sensitive {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The value itself: for the one call that hands it to AWS. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "(sensitive)";
  }
  toJSON(): string {
    return "(sensitive)";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "(sensitive)";
  }
}

/** Props as the graph holds them: any value may be a reference instead. */
export type Wired<T> = T extends Sensitive
  ? T
  : T extends string
    ? T | Ref<T> | Ref<string> | Template
    : T extends number | boolean | undefined | null
      ? T | Ref<T>
      : T extends readonly (infer E)[]
        ? readonly Wired<E>[] | Ref<T>
        : T extends object
          ? { readonly [K in keyof T]: Wired<T[K]> } | Ref<T>
          : T;

/** References to every output of a node, by property access. */
export type Refs<Outputs> = { readonly [K in keyof Outputs]-?: Ref<Outputs[K]> } & { readonly $node: string };

export function isRef(value: unknown): value is Ref {
  return typeof value === "object" && value !== null && "$ref" in value;
}

export function isTemplate(value: unknown): value is Template {
  return typeof value === "object" && value !== null && "$template" in value;
}

/** @example text`arn:aws:s3:::${bucket.name}/*` */
export function text(parts: TemplateStringsArray, ...refs: readonly (string | Ref<unknown> | Template)[]): Template {
  const all: (string | Ref<unknown>)[] = [];
  for (const [index, part] of parts.entries()) {
    if (part) all.push(part);
    const ref = refs[index];
    if (isTemplate(ref)) all.push(...ref.$template);
    else if (ref !== undefined) all.push(ref);
  }
  return { $template: all };
}

export function refsTo<Outputs>(node: string): Refs<Outputs> {
  return new Proxy({} as Refs<Outputs>, {
    get: (_target, output) =>
      output === "$node" ? node : typeof output === "string" ? { $ref: { node, output } } : undefined,
  });
}

/** The nodes that a value refers to, each once. */
export function nodesIn(value: unknown, into = new Set<string>()): ReadonlySet<string> {
  if (isRef(value)) into.add(value.$ref.node);
  else if (isTemplate(value)) for (const part of value.$template) nodesIn(part, into);
  else if (Array.isArray(value)) for (const item of value) nodesIn(item, into);
  else if (typeof value === "object" && value !== null && !(value instanceof Sensitive))
    for (const item of Object.values(value)) nodesIn(item, into);
  return into;
}

/**
 * The value with every reference replaced. One that `outputOf` does not know yet stays as it is (a template that holds
 * one stays a template), so that a plan can print it.
 */
export function resolve(value: unknown, outputOf: (node: string, output: string) => unknown): unknown {
  if (isRef(value)) {
    const known = outputOf(value.$ref.node, value.$ref.output);
    return known === undefined ? value : known;
  }
  if (isTemplate(value)) {
    const parts = value.$template.map((part) => resolve(part, outputOf));
    return parts.every((part) => typeof part !== "object") ? parts.join("") : { $template: parts };
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, outputOf));
  if (typeof value === "object" && value !== null && !(value instanceof Sensitive)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, outputOf)]));
  }
  return value;
}
