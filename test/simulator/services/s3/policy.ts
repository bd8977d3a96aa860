import type { GetBucketPolicyOutput, GetBucketPolicyStatusOutput, PutBucketPolicyRequest } from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { arnOf } from "./bucket.ts";
import { existing, type OfBucket, shown } from "./refusals.ts";
import { buckets } from "./rows.ts";

/** One statement with every member a list: IAM User Guide, "IAM JSON policy elements reference". */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** "AWS" or "Service" and whom, or "*". */
  readonly principals: readonly { readonly type: string; readonly value: string }[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const malformed = (message: string): AwsError => new AwsError("MalformedPolicy", message);
const list = (value: unknown): readonly string[] => (value === undefined ? [] : [value].flat().map(String));

/** A bucket policy's statements, or the refusal MalformedPolicy. */
export function parsePolicy(text: string): readonly Statement[] {
  let document: Record<string, unknown>;
  try {
    document = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  const version = document.Version ?? "2008-10-17";
  if (version !== "2012-10-17" && version !== "2008-10-17")
    throw malformed("The policy must contain a valid version string");
  const statements = document.Statement;
  if (statements === undefined) throw malformed("Missing required field Statement");
  return [statements].flat().map((each) => statement(each as Record<string, unknown>));
}

function statement(raw: Record<string, unknown>): Statement {
  const effect = raw.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw malformed(`Invalid effect: ${String(effect)}`);
  const principal = raw.Principal ?? raw.NotPrincipal;
  if (principal === undefined) throw malformed("Missing required field Principal");
  if (raw.Action === undefined && raw.NotAction === undefined) throw malformed("Missing required field Action");
  if (raw.Resource === undefined && raw.NotResource === undefined) {
    throw malformed("Missing required field Resource");
  }
  return {
    effect,
    principals:
      typeof principal === "string"
        ? [{ type: "AWS", value: principal }]
        : Object.entries(principal as object).flatMap(([type, who]) => list(who).map((value) => ({ type, value }))),
    actions: list(raw.Action),
    resources: list(raw.Resource),
    conditions: (raw.Condition ?? {}) as Statement["conditions"],
  };
}

/** Block Public Access, "The meaning of public": anybody, with no condition that fixes who. */
const FIXING =
  /^(aws:(SourceIp|SourceArn|SourceVpc|SourceVpce|SourceOwner|SourceAccount|PrincipalOrg\w+|userid)|s3:x-amz-server-side-encryption-aws-kms-key-id|s3:DataAccessPointArn)$/i;
const isPublic = (each: Statement): boolean =>
  each.effect === "Allow" &&
  each.principals.some(({ type, value }) => type === "AWS" && value === "*") &&
  !Object.values(each.conditions).some((keys) => Object.keys(keys).some((key) => FIXING.test(key)));

/** API_PutBucketPolicy: statements speak of this bucket only; a public one needs BlockPublicPolicy off. */
export function putBucketPolicy(call: Call, input: PutBucketPolicyRequest): undefined {
  const row = existing(call, input);
  const text = input.Policy ?? "";
  if (!text.trimStart().startsWith("{")) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  if (text.length > 20_480) throw malformed("The policy is larger than 20 KB");
  const statements = parsePolicy(text);
  const own = arnOf(call, row.name);
  for (const each of statements) {
    for (const action of each.actions) {
      if (action !== "*" && !/^s3:[a-zA-Z*?]+$/i.test(action)) throw malformed("Policy has invalid action");
    }
    if (each.resources.some((resource) => resource !== own && !resource.startsWith(`${own}/`))) {
      throw malformed("Policy has invalid resource");
    }
  }
  if (row.publicAccessBlock?.BlockPublicPolicy && statements.some(isPublic)) {
    throw new AwsError(
      "AccessDenied",
      `User: ${call.principal} is not authorized to perform: s3:PutBucketPolicy on resource: "${own}" because public ` +
        "policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
      403,
    );
  }
  buckets(call).change(row.name, (bucket) => {
    bucket.policy = text;
  });
}

const noPolicy = (name: string): AwsError =>
  new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, { BucketName: name });

/** API_GetBucketPolicy: the text as it was put. */
export function getBucketPolicy(call: Call, input: OfBucket): GetBucketPolicyOutput {
  const row = shown(call, input);
  if (row.policy === undefined) throw noPolicy(row.name);
  return { Policy: row.policy };
}

/** API_GetBucketPolicyStatus. */
export function getBucketPolicyStatus(call: Call, input: OfBucket): GetBucketPolicyStatusOutput {
  const row = shown(call, input);
  if (row.policy === undefined) throw noPolicy(row.name);
  return { PolicyStatus: { IsPublic: parsePolicy(row.policy).some(isPublic) } };
}

export function deleteBucketPolicy(call: Call, input: OfBucket): undefined {
  buckets(call).change(existing(call, input).name, (bucket) => {
    bucket.policy = undefined;
  });
}
