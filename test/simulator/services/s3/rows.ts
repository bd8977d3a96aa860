import type {
  LifecycleRule,
  OwnershipControlsRule,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionRule,
  Tag,
} from "@aws-sdk/client-s3";
import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { everywhere } from "../common/arn.ts";

type Where = Pick<Call, "world" | "account">;

/** A bucket of one account, keyed by its name. */
export interface BucketRow {
  readonly name: string;
  readonly region: string;
  readonly created: number;
  versioning: "Enabled" | "Suspended" | undefined;
  encryption: ServerSideEncryptionRule[];
  publicAccessBlock: PublicAccessBlockConfiguration | undefined;
  ownership: OwnershipControlsRule[] | undefined;
  policy: string | undefined;
  lifecycle: LifecycleRule[] | undefined;
  tags: Tag[] | undefined;
}

/** Who has a name in the whole partition; `free` from when on somebody may have it again. */
export interface NameRow {
  readonly account: string;
  readonly region: string;
  freeing: boolean;
}

export interface VersionRow {
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly modified: number;
}

/** All versions of one key, the newest first; keyed by `objectId`. */
export interface ObjectRow {
  readonly bucket: string;
  readonly key: string;
  versions: VersionRow[];
}

export interface UploadRow {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly contentType: string | undefined;
  parts: { readonly number: number; readonly body: Uint8Array; readonly etag: string }[];
}

const named =
  <T extends object>(name: string) =>
  (call: Where): Table<T> =>
    call.world.table<T>(everywhere(call), `s3.${name}`);

export const buckets = named<BucketRow>("buckets");
export const objects = named<ObjectRow>("objects");
export const uploads = named<UploadRow>("uploads");
export const names = (call: Pick<Call, "world">): Table<NameRow> =>
  call.world.table<NameRow>({ account: "", region: "" }, "s3.names");

export const objectId = (bucket: string, key: string): string => `${bucket}/${key}`;
