import type { ResourceType, Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { AwsError } from "../../operation.ts";
import { invalidValue } from "./refusals.ts";

/** EC2 User Guide, "Tag restrictions": 50 tags, keys of 128 and values of 256 characters, `aws:` is reserved. */
export function checkTags(tags: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const { Key: key = "", Value: value = "" } of tags) {
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    }
    if (key === "") throw invalidValue("Tag key cannot be empty. Key must be specified.");
    if (key.length > 128) throw invalidValue(`Tag key exceeds the maximum length of 128 characters: '${key}'`);
    if (value.length > 256) throw invalidValue(`Tag value exceeds the maximum length of 256 characters: '${value}'`);
    if (seen.has(key)) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    seen.add(key);
  }
  if (tags.length > 50) throw tooManyTags();
}

export const tooManyTags = (): AwsError =>
  new AwsError("TagLimitExceeded", "You have reached the maximum number of tags (50) for this resource.");

/** Tags that a create call carries: API_TagSpecification. */
export function specifiedTags(specifications: readonly TagSpecification[] | undefined, type: ResourceType): Tag[] {
  const tags: Tag[] = [];
  for (const { ResourceType: of, Tags } of specifications ?? []) {
    if (of !== type) throw invalidValue(`'${of}' is not a valid taggable resource type for this operation.`);
    tags.push(...(Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })));
  }
  checkTags(tags);
  return tags;
}

/** `tags` put over what is there. */
export function withTags(old: readonly Tag[], tags: readonly Tag[]): Tag[] {
  const merged = new Map(old.map((tag) => [tag.Key, tag.Value]));
  for (const { Key, Value = "" } of tags) merged.set(Key, Value);
  const all = [...merged].map(([Key, Value]) => ({ Key, Value }));
  if (all.length > 50) throw tooManyTags();
  return all;
}
