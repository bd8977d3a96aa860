import type { TagMap } from "../services/common/tags.ts";

/** One thing that a caller must be allowed to do for a request to go through. */
export interface Need {
  /** IAM's name of it, as "ecs:CreateService". */
  readonly action: string;
  /** ARN, or "*" where the action knows no resource. */
  readonly resource: string;
  /** Tags that the resource has; undefined where there is no such resource yet. */
  readonly tags?: TagMap | undefined;
  /**
   * There is no such resource: it is enough that the action is allowed on anything, so that the rule can say that it is
   * not there.
   */
  readonly missing?: boolean | undefined;
  /** Tags that the request puts on it. */
  readonly requestTags?: TagMap | undefined;
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** Inputs are those of many actions: read by name, as text. */
export type Input = Readonly<Record<string, unknown>>;

export const text = (input: Input, name: string): string | undefined => {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
};

export const texts = (value: unknown): readonly string[] =>
  typeof value === "string"
    ? [value]
    : Array.isArray(value)
      ? value.filter((one): one is string => typeof one === "string")
      : [];

/** Tags of a request in any of the spellings: `Tags: [{Key, Value}]`, `tags: [{key, value}]`, `tags: {k: v}`. */
export function requestTags(given: unknown): TagMap | undefined {
  if (Array.isArray(given)) {
    return Object.fromEntries(
      given.map((tag: Record<string, string>) => [
        tag.Key ?? tag.key ?? tag.TagKey ?? "",
        tag.Value ?? tag.value ?? "",
      ]),
    );
  }
  return typeof given === "object" && given !== null ? (given as TagMap) : undefined;
}
