import { createHash } from "node:crypto";
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  UploadPartOutput,
} from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { ALPHANUMERIC, text } from "../common/random.ts";
import { store } from "./object.ts";
import { existing } from "./refusals.ts";
import { type UploadRow, uploads } from "./rows.ts";

/** API_CreateMultipartUpload. */
export function createMultipartUpload(call: Call, input: CreateMultipartUploadRequest): CreateMultipartUploadOutput {
  const bucket = existing(call, input);
  const id = text(call.world, 64, ALPHANUMERIC);
  uploads(call).put(id, {
    id,
    bucket: bucket.name,
    key: input.Key ?? "",
    initiated: call.world.clock.now(),
    contentType: input.ContentType,
    parts: [],
  });
  return { Bucket: bucket.name, Key: input.Key, UploadId: id };
}

function open(call: Call, input: { Bucket?: string | undefined; UploadId?: string | undefined }): UploadRow {
  const bucket = existing(call, input);
  const row = uploads(call).get(input.UploadId ?? "");
  if (row?.bucket !== bucket.name) {
    throw new AwsError(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      404,
    );
  }
  return row;
}

interface UploadPartInput {
  readonly Bucket?: string;
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly Body?: Uint8Array | string;
}

/** API_UploadPart: a part of the same number is overwritten. */
export function uploadPart(call: Call, input: UploadPartInput): UploadPartOutput {
  const row = open(call, input);
  const number = input.PartNumber ?? 0;
  const body = Buffer.from(input.Body ?? "");
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  uploads(call).change(row.id, (upload) => {
    upload.parts = [...upload.parts.filter((part) => part.number !== number), { number, body, etag }];
  });
  return { ETag: etag, ServerSideEncryption: "AES256" };
}

/** API_CompleteMultipartUpload: the parts that it names, in order. */
export function completeMultipartUpload(
  call: Call,
  input: CompleteMultipartUploadRequest,
): CompleteMultipartUploadOutput {
  const row = open(call, input);
  const numbers = (input.MultipartUpload?.Parts ?? []).map((part) => part.PartNumber ?? 0);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new AwsError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  const bodies = numbers.map((number) => {
    const part = row.parts.find((each) => each.number === number);
    if (!part) throw new AwsError("InvalidPart", "One or more of the specified parts could not be found.");
    return part.body;
  });
  const made = store(call, existing(call, input), {
    key: row.key,
    body: Buffer.concat(bodies),
    contentType: row.contentType,
  });
  uploads(call).remove(row.id);
  return { Bucket: row.bucket, Key: row.key, ETag: made.etag };
}

/** API_AbortMultipartUpload. */
export function abortMultipartUpload(call: Call, input: AbortMultipartUploadRequest): object {
  uploads(call).remove(open(call, input).id);
  return {};
}

/** API_ListMultipartUploads: at most 1,000, by key and then by time. */
export function listMultipartUploads(call: Call, input: ListMultipartUploadsRequest): ListMultipartUploadsOutput {
  const bucket = existing(call, input);
  const max = Math.min(input.MaxUploads ?? 1000, call.world.quota("s3.keysPerCall"));
  const all = uploads(call)
    .all()
    .filter((row) => row.bucket === bucket.name && row.key.startsWith(input.Prefix ?? ""))
    .sort((a, b) => (a.key === b.key ? a.initiated - b.initiated : a.key < b.key ? -1 : 1));
  const at = all.findIndex((row) => row.key === input.KeyMarker && row.id === input.UploadIdMarker);
  const rest = at >= 0 ? all.slice(at + 1) : all.filter((row) => row.key > (input.KeyMarker ?? ""));
  const items = rest.slice(0, max);
  const last = items.at(-1);
  const truncated = rest.length > items.length;
  return {
    Bucket: bucket.name,
    MaxUploads: max,
    IsTruncated: truncated,
    ...(truncated && last && { NextKeyMarker: last.key, NextUploadIdMarker: last.id }),
    Uploads: items.map((row) => ({ Key: row.key, UploadId: row.id, Initiated: new Date(row.initiated) })),
  };
}
