import type { Call } from "../../operation.ts";
import { parsePolicy, type Statement } from "./policy.ts";
import { buckets, names } from "./rows.ts";

/** ALB User Guide, "Enable access logs": the service principal of today; regional accounts of regions before August 2022. */
const SERVICE = "logdelivery.elasticloadbalancing.amazonaws.com";
const ACCOUNTS: Readonly<Record<string, string>> = {
  "us-east-1": "127311923021",
  "us-east-2": "033677994240",
  "us-west-1": "027434742980",
  "us-west-2": "797873946194",
  "eu-central-1": "054676820928",
  "eu-west-1": "156460612806",
  "eu-west-2": "652711504416",
};

/**
 * Whether Elastic Load Balancing would be refused as it writes its test file for access logs: the bucket is there, in
 * the load balancer's region, encrypted with SSE-S3, and its policy lets the service put objects.
 */
export function deliveryRefused(call: Call, bucket: string, prefix: string): boolean {
  const owner = names(call).get(bucket);
  if (!owner || owner.freeing || owner.region !== call.region) return true;
  const row = buckets({ ...call, account: owner.account }).get(bucket);
  if (!row) return true;
  if (row.encryption.some((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm !== "AES256")) return true;
  const path = `${prefix === "" ? "" : `${prefix}/`}AWSLogs/${call.account}/ELBAccessLogTestFile`;
  const object = `arn:aws:s3:::${bucket}/${path}`;
  const statements = row.policy === undefined ? [] : parsePolicy(row.policy);
  const applies = (each: Statement): boolean =>
    each.actions.some((action) => like(action.toLowerCase(), "s3:putobject")) &&
    each.resources.some((resource) => like(resource.replace(/^arn:[^:]+:/, "arn:aws:"), object)) &&
    each.principals.some(({ type, value }) => speaksOf(call.region, type, value)) &&
    holds(call, each);
  return (
    !statements.some((each) => each.effect === "Allow" && applies(each)) ||
    statements.some((each) => each.effect === "Deny" && applies(each))
  );
}

const speaksOf = (region: string, type: string, value: string): boolean =>
  value === "*" ||
  (type === "Service" && value === SERVICE) ||
  (type === "AWS" && ACCOUNTS[region] !== undefined && value.includes(ACCOUNTS[region]));

/** What is known of the service's request; a condition on anything else does not hold. */
function holds(call: Call, each: Statement): boolean {
  const known: Readonly<Record<string, string>> = {
    "aws:sourceaccount": call.account,
    "aws:sourcearn": `arn:aws:elasticloadbalancing:${call.region}:${call.account}:loadbalancer/app/any/any`,
    "aws:securetransport": "true",
    "s3:x-amz-acl": "bucket-owner-full-control",
  };
  return Object.entries(each.conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const value = known[key.toLowerCase()];
      const patterns = [wanted].flat().map(String);
      if (value === undefined) return false;
      if (/Like|^Arn/.test(operator)) return patterns.some((pattern) => like(pattern, value) || like(value, pattern));
      return patterns.includes(value) !== operator.includes("Not");
    }),
  );
}

/** IAM's wildcards: `*` any characters, `?` one. */
const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(value);
