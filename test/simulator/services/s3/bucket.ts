import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
} from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { partitionOf } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { existing, invalidArgument, type OfBucket } from "./refusals.ts";
import { buckets, type NameRow, names, objects, uploads } from "./rows.ts";
import { checkedTags } from "./tagging.ts";

/** S3 User Guide, "General purpose bucket naming rules". */
function checkName(name: string): void {
  const wrong =
    !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) ||
    name.includes("..") ||
    /^\d+\.\d+\.\d+\.\d+$/.test(name) ||
    /^(xn--|sthree-|amzn-s3-demo-)/.test(name) ||
    /(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (wrong) throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name });
}

/** API_CreateBucket, LocationConstraint: none in us-east-1, elsewhere the region of the endpoint. */
function regionFor(call: Call, constraint: string | undefined): string {
  // us-east-1 as a constraint is none of the model's values and does not come here.
  if (call.region === "us-east-1") return constraint ?? "us-east-1";
  if (constraint !== call.region) {
    throw new AwsError(
      "IllegalLocationConstraintException",
      `The ${constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this ` +
        "request was sent to.",
    );
  }
  return constraint;
}

/**
 * API_CreateBucket: names are unique in the partition. "In all AWS Regions except us-east-1" the owner is refused as
 * well; there the call succeeds. S3 User Guide, "Default settings": private, encrypted with AES256, ACLs off.
 */
export function createBucket(call: Call, input: CreateBucketRequest): CreateBucketOutput {
  const name = input.Bucket ?? "";
  checkName(name);
  const region = regionFor(call, input.CreateBucketConfiguration?.LocationConstraint);
  const tags = input.CreateBucketConfiguration?.Tags;
  const answer = {
    Location: region === "us-east-1" ? `/${name}` : `http://${name}.s3.amazonaws.com/`,
    BucketArn: arnOf(call, name),
  };
  const taken = holderOf(call, name);
  if (taken?.freeing) {
    throw new AwsError(
      "OperationAborted",
      "A conflicting conditional operation is currently in progress against this resource. Please try again.",
      409,
    );
  }
  if (taken && taken.account !== call.account) {
    throw new AwsError(
      "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please " +
        "select a different name and try again.",
      409,
      { BucketName: name },
    );
  }
  if (taken) {
    if (taken.region === "us-east-1" && region === "us-east-1") return answer;
    throw new AwsError(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      409,
      { BucketName: name },
    );
  }
  if (buckets(call).all().length >= call.world.quota("s3.buckets")) {
    throw new AwsError("TooManyBuckets", "You have attempted to create more buckets than allowed", 400);
  }
  names(call).put(name, { account: call.account, region, freeing: false });
  buckets(call).put(name, {
    name,
    region,
    created: call.world.clock.now(),
    versioning: undefined,
    encryption: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
    publicAccessBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    ownership: [{ ObjectOwnership: input.ObjectOwnership ?? "BucketOwnerEnforced" }],
    policy: undefined,
    lifecycle: undefined,
    tags: tags?.length ? checkedTags(tags) : undefined,
  });
  return answer;
}

/** Who has the name: an account that the world has forgotten holds none. */
function holderOf(call: Call, name: string): NameRow | undefined {
  const row = names(call).get(name);
  return row && (row.freeing || buckets({ ...call, account: row.account }).get(name)) ? row : undefined;
}

export const arnOf = (call: Pick<Call, "region">, name: string): string =>
  `arn:${partitionOf(call.region)}:s3:::${name}`;

/** API_DeleteBucket: "All objects (including all object versions and delete markers) in the bucket must be deleted". */
export function deleteBucket(call: Call, input: DeleteBucketRequest): undefined {
  const { name } = existing(call, input);
  if (
    objects(call)
      .all()
      .some((each) => each.bucket === name)
  ) {
    throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, { BucketName: name });
  }
  for (const upload of uploads(call).all()) if (upload.bucket === name) uploads(call).remove(upload.id);
  buckets(call).remove(name);
  names(call).change(name, (row) => {
    row.freeing = true;
  });
  call.world.clock.after(call.world.duration("s3.bucket.nameFree"), () => names(call).remove(name));
}

/** API_HeadBucket: "a message body is not included, so you cannot determine the exception beyond these HTTP response codes". */
export function headBucket(call: Call, input: HeadBucketRequest): HeadBucketOutput {
  const row = withoutBody(() => existing(call, input));
  if (!buckets(call).shown(row.name)) throw new AwsError("NotFound", "Not Found", 404);
  return { BucketRegion: row.region, BucketArn: arnOf(call, row.name), AccessPointAlias: false };
}

/** The refusal of a HEAD request, which has no body to name a code. */
export function withoutBody<T>(rule: () => T): T {
  try {
    return rule();
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal;
    if (refusal.status === 404) throw new AwsError("NotFound", "Not Found", 404);
    if (refusal.status === 403) throw new AwsError("Forbidden", "Forbidden", 403);
    throw refusal;
  }
}

/** API_GetBucketLocation: "Buckets in Region us-east-1 have a LocationConstraint of null". */
export function getBucketLocation(call: Call, input: GetBucketLocationRequest): GetBucketLocationOutput {
  const owner = names(call).get(input.Bucket ?? "");
  const { region } = existing({ ...call, region: owner?.region ?? call.region }, input);
  return region === "us-east-1"
    ? {}
    : { LocationConstraint: region as Exclude<GetBucketLocationOutput["LocationConstraint"], undefined> };
}

/** API_ListBuckets: all of the account, of every region unless one is named. */
export function listBuckets(call: Call, input: ListBucketsRequest): ListBucketsOutput {
  const { items, next } = page(
    buckets(call)
      .shownAll()
      .filter((row) => row.name.startsWith(input.Prefix ?? "") && (input.BucketRegion ?? row.region) === row.region),
    (row) => row.name,
    input.ContinuationToken,
    input.MaxBuckets ?? call.world.quota("s3.buckets"),
    () => invalidArgument("The continuation token provided is incorrect"),
  );
  return {
    Buckets: items.map((row) => ({
      Name: row.name,
      BucketRegion: row.region,
      BucketArn: arnOf(call, row.name),
      CreationDate: new Date(row.created),
    })),
    Owner: { ID: canonicalId(call) },
    ...(input.Prefix !== undefined && { Prefix: input.Prefix }),
    ContinuationToken: next,
  };
}

/** S3 User Guide, "Finding an AWS account's canonical user ID": 64 hex digits, one for an account. */
export const canonicalId = (call: Pick<Call, "account">): string => call.account.repeat(6).slice(0, 64);

/** API_GetBucketAcl: with ACLs off the owner has full control, and nobody else is listed. */
export function getBucketAcl(call: Call, input: OfBucket): object {
  existing(call, input);
  const Owner = { ID: canonicalId(call) };
  return { Owner, Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
}
