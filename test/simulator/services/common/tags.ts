/** A tag in the three spellings of AWS's services: {Key, Value}, {key, value} and a plain map. */
export type TagMap = Readonly<Record<string, string>>;
export interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}
export interface LowerTag {
  key?: string | undefined;
  value?: string | undefined;
}

export const fromTags = (tags: readonly Tag[] = []): TagMap =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
export const toTags = (tags: TagMap): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const fromLowerTags = (tags: readonly LowerTag[] = []): TagMap =>
  Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value]));
export const toLowerTags = (tags: TagMap): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

export const without = (tags: TagMap, keys: readonly string[] = []): TagMap =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
