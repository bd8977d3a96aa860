import type { GetBucketTaggingOutput, PutBucketTaggingRequest, Tag } from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { existing, type OfBucket, shown } from "./refusals.ts";
import { buckets } from "./rows.ts";

/** API_PutBucketTagging and "Using cost allocation S3 bucket tags": 50 tags, unique keys, `aws:` reserved. */
export function checkedTags(tags: readonly Tag[]): Tag[] {
  const keys = tags.map((tag) => tag.Key ?? "");
  if (new Set(keys).size < keys.length) {
    throw new AwsError("InvalidTag", "Cannot provide multiple Tags with the same key");
  }
  if (keys.some((key) => key.startsWith("aws:"))) {
    throw new AwsError("InvalidTag", "System tags cannot be added/updated by requester");
  }
  if (keys.length > 50) throw new AwsError("BadRequest", "Bucket tag count cannot be greater than 50");
  if (tags.some(({ Key = "", Value = "" }) => Key.length === 0 || Key.length > 128 || Value.length > 256)) {
    throw new AwsError("InvalidTag", "The TagKey or TagValue you have provided is invalid");
  }
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

/** API_PutBucketTagging: replaces all. */
export function putBucketTagging(call: Call, input: PutBucketTaggingRequest): undefined {
  const row = existing(call, input);
  const tags = checkedTags(input.Tagging?.TagSet ?? []);
  buckets(call).change(row.name, (bucket) => {
    bucket.tags = tags.length > 0 ? tags : undefined;
  });
}

/** API_GetBucketTagging, special errors: NoSuchTagSet. */
export function getBucketTagging(call: Call, input: OfBucket): GetBucketTaggingOutput {
  const row = shown(call, input);
  if (!row.tags) throw new AwsError("NoSuchTagSet", "The TagSet does not exist", 404, { BucketName: row.name });
  return { TagSet: row.tags };
}

export function deleteBucketTagging(call: Call, input: OfBucket): undefined {
  buckets(call).change(existing(call, input).name, (bucket) => {
    bucket.tags = undefined;
  });
}
