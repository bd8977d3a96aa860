import type { Tags } from "./kind.ts";

/** Tags as most APIs of AWS write them. */
export interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function toTagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function fromTagList(list: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}
