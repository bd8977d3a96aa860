import { AwsError, type Call } from "../../operation.ts";
import { type BucketRow, buckets, names } from "./rows.ts";

/** Codes and texts: S3 API Reference, "Error responses", list of error codes. */
export const noSuchBucket = (name: string): AwsError =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: name });

export const malformedXml = (): AwsError =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

export const invalidArgument = (message: string): AwsError => new AwsError("InvalidArgument", message);

export interface OfBucket {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/**
 * The caller's bucket, in truth. Names are global: one of another account is refused, one of another region is
 * redirected ("Making requests over IPv4 and IPv6", request redirection).
 */
export function existing(call: Call, input: OfBucket): BucketRow {
  const name = input.Bucket ?? "";
  const owner = names(call).get(name);
  if (!owner || owner.freeing) throw noSuchBucket(name);
  if (owner.account !== call.account || (input.ExpectedBucketOwner ?? call.account) !== owner.account) {
    throw new AwsError("AccessDenied", "Access Denied", 403);
  }
  if (owner.region !== call.region) {
    throw new AwsError(
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future " +
        "requests to this endpoint.",
      301,
      { Bucket: name, Endpoint: `${name}.s3.${owner.region}.amazonaws.com` },
    );
  }
  const row = buckets(call).get(name);
  if (!row) throw noSuchBucket(name);
  return row;
}

/** The bucket's settings as a read would show them by now: they are eventually consistent, unlike objects and lists. */
export function shown(call: Call, input: OfBucket): BucketRow {
  const row = existing(call, input);
  const view = buckets(call).shown(row.name);
  if (!view) throw noSuchBucket(row.name);
  return view;
}
