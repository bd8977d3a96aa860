import type { Aws } from "../../aws/aws.ts";
import { canonicalJson } from "../same.ts";
import type { AccessLogDelivery, BucketProps } from "./bucket.ts";

type Settings = Pick<BucketProps, "tlsOnly" | "accessLogDelivery">;

const arnOf = (aws: Aws, bucket: string): string => `arn:${aws.partition}:s3:::${bucket}`;

const logPath = (delivery: AccessLogDelivery, prefix: string): string =>
  `/${prefix}/AWSLogs/${delivery.sourceAccount}/*`;

/** Amazon S3 user guide, "Restrict access to only HTTPS requests". */
const tlsStatement = (arn: string) => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: [arn, `${arn}/*`],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer", step 2. */
const deliveryStatement = (aws: Aws, arn: string, delivery: AccessLogDelivery) => ({
  Sid: "LoadBalancerAccessLogs",
  Effect: "Allow",
  Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: delivery.prefixes.toSorted().map((prefix) => `${arn}${logPath(delivery, prefix)}`),
  Condition: {
    ArnLike: {
      "aws:SourceArn": `arn:${aws.partition}:elasticloadbalancing:${aws.region}:${delivery.sourceAccount}:loadbalancer/*`,
    },
  },
});

/** The bucket's policy as a whole, or undefined when it needs none. */
export function policyOf(aws: Aws, bucket: string, { tlsOnly, accessLogDelivery }: Settings): string | undefined {
  const arn = arnOf(aws, bucket);
  const statements = [
    ...(tlsOnly ? [tlsStatement(arn)] : []),
    ...(accessLogDelivery ? [deliveryStatement(aws, arn, accessLogDelivery)] : []),
  ];
  return statements.length > 0 ? JSON.stringify({ Version: "2012-10-17", Statement: statements }) : undefined;
}

/**
 * What a live policy says, in props. One that is not exactly what the operator writes for these props (a statement that
 * somebody added or reworded) has tlsOnly undefined: it differs from any declaration, and update writes the whole anew.
 */
export function settingsOf(
  aws: Aws,
  bucket: string,
  policy: string | undefined,
): { tlsOnly: boolean | undefined; accessLogDelivery: AccessLogDelivery | undefined } {
  if (policy === undefined) return { tlsOnly: false, accessLogDelivery: undefined };
  const statements = [JSON.parse(policy).Statement ?? []].flat() as readonly { Sid?: string; Resource?: unknown }[];
  const tlsOnly = statements.some(({ Sid }) => Sid === "TlsOnly");
  const logs = statements.find(({ Sid }) => Sid === "LoadBalancerAccessLogs");
  const accessLogDelivery = logs && deliveryOf(arnOf(aws, bucket), [logs.Resource].flat());
  const expected = policyOf(aws, bucket, { tlsOnly, accessLogDelivery });
  const isOurs = expected !== undefined && canonical(expected) === canonical(policy);
  return { tlsOnly: isOurs ? tlsOnly : undefined, accessLogDelivery };
}

function deliveryOf(arn: string, resources: readonly unknown[]): AccessLogDelivery {
  const paths = resources.flatMap((it) => {
    const path = String(it).startsWith(`${arn}/`) ? String(it).slice(arn.length + 1) : "";
    const found = /^(?<prefix>.+)\/AWSLogs\/(?<account>\d{12})\/\*$/.exec(path)?.groups;
    return found ? [found] : [];
  });
  return {
    sourceAccount: paths[0]?.account ?? "",
    prefixes: paths.flatMap(({ prefix }) => prefix ?? []).toSorted(),
  };
}

/** S3 gives a list of one back as it got it; others may write it as a plain value, which means the same. */
function canonical(policy: string): string {
  return canonicalJson(
    JSON.parse(policy, (_key, value) => (Array.isArray(value) && value.length === 1 ? value[0] : value)),
  );
}
