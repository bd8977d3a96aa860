import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { StillWorking } from "../../aws/errors.ts";

/** Calls of DeleteObjects, which takes 1000 keys each, in one go: a pass must end, however much a bucket holds. */
const ROUNDS = 5;

interface Of {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

/**
 * Removes all versions, delete markers and unfinished uploads, up to some thousands of them.
 * @throws StillWorking when there are more: call again.
 */
export async function empty(aws: Aws, of: Of): Promise<void> {
  let removed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const count = await removeVersions(aws, of);
    if (count === 0) return abortUploads(aws, of);
    removed += count;
  }
  throw new StillWorking(`bucket ${of.Bucket} is being emptied: ${removed} more object versions removed`);
}

async function removeVersions(aws: Aws, of: Of): Promise<number> {
  const { Versions = [], DeleteMarkers = [] } = await aws.s3.send(new ListObjectVersionsCommand(of));
  const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  if (Objects.length === 0) return 0;
  const { Errors = [] } = await aws.s3.send(new DeleteObjectsCommand({ ...of, Delete: { Objects, Quiet: true } }));
  const [refusal] = Errors;
  if (refusal) {
    const message = `${refusal.Key} in bucket ${of.Bucket}: ${refusal.Message}`;
    throw Object.assign(new Error(message), { name: refusal.Code ?? "Unknown", $fault: "client" });
  }
  return Objects.length;
}

async function abortUploads(aws: Aws, of: Of): Promise<void> {
  const { Uploads = [], IsTruncated } = await aws.s3.send(new ListMultipartUploadsCommand(of));
  for (const { Key, UploadId } of Uploads) {
    await aws.s3.send(new AbortMultipartUploadCommand({ ...of, Key, UploadId }));
  }
  if (IsTruncated)
    throw new StillWorking(`bucket ${of.Bucket} is being emptied: ${Uploads.length} more uploads aborted`);
}
