import type {
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from "@aws-sdk/client-s3";
import type { Call } from "../../operation.ts";
import { canonicalId } from "./bucket.ts";
import { existing, invalidArgument } from "./refusals.ts";
import { type ObjectRow, objects } from "./rows.ts";

/** Keys in UTF-8 binary order: API_ListObjectsV2. */
function keysOf(call: Call, bucket: string, prefix: string): readonly ObjectRow[] {
  return objects(call)
    .all()
    .filter((row) => row.bucket === bucket && row.key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

const pageSize = (call: Call, asked: number | undefined): number => {
  const most = call.world.quota("s3.keysPerCall");
  if (asked !== undefined && asked < 0)
    throw invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647");
  return Math.min(asked ?? most, most);
};

/** What a delimiter rolls a key up into, or undefined: "Organizing objects using prefixes". */
function rolledUp(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (!delimiter) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** API_ListObjectsV2: strongly consistent, current versions only. */
export function listObjectsV2(call: Call, input: ListObjectsV2Request): ListObjectsV2Output {
  const bucket = existing(call, input);
  const prefix = input.Prefix ?? "";
  const max = pageSize(call, input.MaxKeys);
  const after = input.ContinuationToken === undefined ? (input.StartAfter ?? "") : decode(input.ContinuationToken);
  const current = keysOf(call, bucket.name, prefix).filter((row) => row.versions[0] && !row.versions[0].isDeleteMarker);
  const contents: ObjectRow[] = [];
  const prefixes = new Set<string>();
  let last = "";
  let truncated = false;
  for (const row of current) {
    const group = rolledUp(row.key, prefix, input.Delimiter);
    const name = group ?? row.key;
    if (name <= after || (group !== undefined && prefixes.has(group))) continue;
    if (contents.length + prefixes.size >= max) {
      truncated = true;
      break;
    }
    if (group === undefined) contents.push(row);
    else prefixes.add(group);
    last = name;
  }
  return {
    Name: bucket.name,
    Prefix: prefix,
    ...(input.Delimiter !== undefined && { Delimiter: input.Delimiter }),
    MaxKeys: max,
    KeyCount: contents.length + prefixes.size,
    IsTruncated: truncated,
    ...(truncated && { NextContinuationToken: encode(last) }),
    Contents: contents.flatMap((row) => {
      const [version] = row.versions;
      return version
        ? [
            {
              Key: row.key,
              Size: version.body.length,
              ETag: version.etag,
              LastModified: new Date(version.modified),
              StorageClass: "STANDARD" as const,
            },
          ]
        : [];
    }),
    CommonPrefixes: [...prefixes].map((Prefix) => ({ Prefix })),
  };
}

const encode = (key: string): string => Buffer.from(`list:${key}`).toString("base64");
function decode(token: string): string {
  const plain = Buffer.from(token, "base64").toString();
  if (!plain.startsWith("list:")) throw invalidArgument("The continuation token provided is incorrect");
  return plain.slice(5);
}

/** API_ListObjectVersions: versions and delete markers, by key and the newest first; markers name the last one given. */
export function listObjectVersions(call: Call, input: ListObjectVersionsRequest): ListObjectVersionsOutput {
  const bucket = existing(call, input);
  const max = pageSize(call, input.MaxKeys);
  const { KeyMarker: keyMarker, VersionIdMarker: versionMarker } = input;
  if (versionMarker !== undefined && keyMarker === undefined) {
    throw invalidArgument("A version-id marker cannot be specified without a key marker.");
  }
  const all = keysOf(call, bucket.name, input.Prefix ?? "").flatMap((row) =>
    row.versions.map((version, index) => ({ key: row.key, version, isLatest: index === 0 })),
  );
  const at = all.findIndex((each) => each.key === keyMarker && each.version.versionId === versionMarker);
  // A marker whose version is gone by now still says where its key begins: nothing is left out.
  const from =
    versionMarker === undefined ? (key: string) => key > (keyMarker ?? "") : (key: string) => key >= (keyMarker ?? "");
  const rest = at >= 0 ? all.slice(at + 1) : all.filter((each) => from(each.key));
  const items = rest.slice(0, max);
  const last = items.at(-1);
  const Owner = { ID: canonicalId(call) };
  const shape = ({ key, version, isLatest }: (typeof all)[number]) => ({
    Key: key,
    VersionId: version.versionId,
    IsLatest: isLatest,
    LastModified: new Date(version.modified),
    Owner,
  });
  const truncated = rest.length > items.length;
  return {
    Name: bucket.name,
    Prefix: input.Prefix ?? "",
    MaxKeys: max,
    IsTruncated: truncated,
    ...(truncated && last && { NextKeyMarker: last.key, NextVersionIdMarker: last.version.versionId }),
    Versions: items
      .filter((each) => !each.version.isDeleteMarker)
      .map((each) => ({
        ...shape(each),
        ETag: each.version.etag,
        Size: each.version.body.length,
        StorageClass: "STANDARD" as const,
      })),
    DeleteMarkers: items.filter((each) => each.version.isDeleteMarker).map(shape),
  };
}
