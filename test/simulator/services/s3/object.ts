import { createHash } from "node:crypto";
import type {
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectRequest,
  HeadObjectOutput,
  PutObjectOutput,
} from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { ALPHANUMERIC, text } from "../common/random.ts";
import { withoutBody } from "./bucket.ts";
import { existing, malformedXml } from "./refusals.ts";
import { type BucketRow, objectId, objects, type VersionRow } from "./rows.ts";

export interface NewObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** As the codec hands a streaming body over: the whole of it. */
export interface PutObjectInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly Body?: Uint8Array | string;
  readonly ContentType?: string;
  readonly Metadata?: Record<string, string>;
  readonly IfNoneMatch?: string;
}

/** API_PutObject. */
export function putObject(call: Call, input: PutObjectInput): PutObjectOutput {
  const bucket = existing(call, input);
  const key = input.Key ?? "";
  const current = objects(call).get(objectId(bucket.name, key))?.versions[0];
  if (input.IfNoneMatch === "*" && current && !current.isDeleteMarker) {
    throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
  }
  const made = store(call, bucket, {
    key,
    body: Buffer.from(input.Body ?? ""),
    contentType: input.ContentType,
    metadata: input.Metadata,
  });
  return { ETag: made.etag, ServerSideEncryption: "AES256", ...shownVersion(bucket, made) };
}

/** "Versioning" of the S3 User Guide: a new version when it is on, else the one whose id is "null" is replaced. */
export function store(call: Call, bucket: BucketRow, object: NewObject): VersionRow {
  return add(call, bucket, object.key, {
    isDeleteMarker: false,
    body: object.body,
    etag: `"${createHash("md5").update(object.body).digest("hex")}"`,
    contentType: object.contentType ?? "application/octet-stream",
    metadata: object.metadata ?? {},
  });
}

function add(
  call: Call,
  bucket: BucketRow,
  key: string,
  version: Omit<VersionRow, "versionId" | "modified">,
): VersionRow {
  const versionId = bucket.versioning === "Enabled" ? text(call.world, 32, ALPHANUMERIC) : "null";
  const made: VersionRow = { ...version, versionId, modified: call.world.clock.now() };
  const id = objectId(bucket.name, key);
  if (objects(call).get(id)) {
    objects(call).change(id, (row) => {
      row.versions = [made, ...row.versions.filter((each) => each.versionId !== "null" || versionId !== "null")];
    });
  } else {
    objects(call).put(id, { bucket: bucket.name, key, versions: [made] });
  }
  return made;
}

/** A version id is told only where versioning has ever been on. */
const shownVersion = (bucket: BucketRow, version: VersionRow): { VersionId?: string } =>
  bucket.versioning === undefined ? {} : { VersionId: version.versionId };

function find(call: Call, input: GetObjectRequest): { bucket: BucketRow; version: VersionRow } {
  const bucket = existing(call, input);
  const versions = objects(call).get(objectId(bucket.name, input.Key ?? ""))?.versions ?? [];
  const version =
    input.VersionId === undefined ? versions[0] : versions.find((each) => each.versionId === input.VersionId);
  if (!version && input.VersionId !== undefined) {
    throw new AwsError("NoSuchVersion", "The specified version does not exist.", 404);
  }
  if (!version || (version.isDeleteMarker && input.VersionId === undefined)) {
    throw new AwsError("NoSuchKey", "The specified key does not exist.", 404, { Key: input.Key });
  }
  if (version.isDeleteMarker) {
    throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);
  }
  return { bucket, version };
}

/** API_GetObject, whole objects. */
export function getObject(call: Call, input: GetObjectRequest): object {
  const { bucket, version } = find(call, input);
  return { ...described(bucket, version), Body: version.body };
}

/** API_HeadObject: refusals without a body. */
export function headObject(call: Call, input: GetObjectRequest): HeadObjectOutput {
  const { bucket, version } = withoutBody(() => find(call, input));
  return described(bucket, version);
}

const described = (bucket: BucketRow, version: VersionRow): HeadObjectOutput => ({
  ContentLength: version.body.length,
  ContentType: version.contentType,
  ETag: version.etag,
  LastModified: new Date(version.modified),
  Metadata: { ...version.metadata },
  ServerSideEncryption: "AES256",
  ...shownVersion(bucket, version),
});

/** API_DeleteObject: without a version id a delete marker where versioning is or was on, else the object itself. */
function remove(call: Call, bucket: BucketRow, key: string, versionId: string | undefined): DeleteObjectOutput {
  const id = objectId(bucket.name, key);
  const row = objects(call).get(id);
  if (versionId === undefined && bucket.versioning !== undefined) {
    const marker = add(call, bucket, key, {
      isDeleteMarker: true,
      body: new Uint8Array(),
      etag: "",
      contentType: undefined,
      metadata: {},
    });
    return { DeleteMarker: true, VersionId: marker.versionId };
  }
  const gone = row?.versions.find((each) => each.versionId === (versionId ?? "null"));
  if (row && gone) {
    const left = row.versions.filter((each) => each !== gone);
    if (left.length === 0) objects(call).remove(id);
    else {
      objects(call).change(id, (each) => {
        each.versions = left;
      });
    }
  }
  if (versionId === undefined) return {};
  return { VersionId: versionId, ...(gone?.isDeleteMarker && { DeleteMarker: true }) };
}

/** A key that is not there is deleted as well as one that is. */
export function deleteObject(call: Call, input: DeleteObjectRequest): DeleteObjectOutput {
  return remove(call, existing(call, input), input.Key ?? "", input.VersionId);
}

/** API_DeleteObjects: "up to 1000 keys". */
export function deleteObjects(call: Call, input: DeleteObjectsRequest): DeleteObjectsOutput {
  const bucket = existing(call, input);
  const wanted = input.Delete?.Objects ?? [];
  if (wanted.length === 0 || wanted.length > call.world.quota("s3.keysPerCall")) throw malformedXml();
  const deleted = wanted.map(({ Key = "", VersionId }) => {
    const made = remove(call, bucket, Key, VersionId);
    return {
      Key,
      ...(VersionId !== undefined && { VersionId }),
      ...(made.DeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: made.VersionId }),
    };
  });
  return input.Delete?.Quiet ? {} : { Deleted: deleted };
}
