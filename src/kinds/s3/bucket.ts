import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { codeOf, isNotFound } from "../../aws/errors.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind, Tags } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { asSet, canonicalJson } from "../same.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { empty } from "./empty.ts";
import { readLifecycle, writeLifecycle } from "./lifecycle.ts";
import { policyOf, settingsOf } from "./policy.ts";

export interface BucketProps {
  readonly versioning: boolean;
  readonly encryption: "AES256" | "aws:kms";
  readonly publicAccessBlocked: true;
  /** Requests without TLS are refused by its policy. */
  readonly tlsOnly: boolean;
  readonly lifecycle?: readonly LifecycleRule[] | undefined;
  /** Lets application load balancers of this account write their access logs under these prefixes. */
  readonly accessLogDelivery?: AccessLogDelivery | undefined;
}

export interface LifecycleRule {
  /** Unique in its bucket, up to 255 characters. */
  readonly id: string;
  /** Absent: every object. */
  readonly prefix?: string | undefined;
  readonly expireAfterDays?: number | undefined;
  readonly expireNoncurrentAfterDays?: number | undefined;
  readonly abortUploadsAfterDays?: number | undefined;
}

export interface AccessLogDelivery {
  /** Twelve digits; only load balancers of this account write. */
  readonly sourceAccount: string;
  /** Key prefixes without slashes at either end, as the load balancer's access_logs.s3.prefix; a set. */
  readonly prefixes: readonly string[];
}

export interface BucketOutputs {
  readonly bucketName: string;
  readonly arn: string;
}

const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

/** Names are global: a bucket of another account must never be taken for ours, nor written to. */
const of = (aws: Aws, Bucket: string) => ({ Bucket, ExpectedBucketOwner: aws.account });

/** Undefined: no such bucket. A bucket without tags answers NoSuchTagSet. */
async function readTags(aws: Aws, id: string): Promise<Tags | undefined> {
  try {
    return fromTagList((await aws.s3.send(new GetBucketTaggingCommand(of(aws, id)))).TagSet);
  } catch (error) {
    if (codeOf(error) === "NoSuchTagSet") return {};
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** One after the other: S3 refuses changes to one bucket at the same time (OperationAborted). Privacy comes first. */
async function apply(aws: Aws, id: string, props: BucketProps, changed: readonly string[]): Promise<void> {
  const bucket = of(aws, id);
  const has = (...fields: (keyof BucketProps)[]): boolean => fields.some((field) => changed.includes(field));
  if (has("publicAccessBlocked")) {
    await aws.s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration: BLOCKED }));
  }
  if (has("tlsOnly", "accessLogDelivery")) {
    const Policy = policyOf(aws, id, props);
    if (Policy) await aws.s3.send(new PutBucketPolicyCommand({ ...bucket, Policy }));
    else await aws.s3.send(new DeleteBucketPolicyCommand(bucket));
  }
  if (has("encryption")) {
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: props.encryption }, BucketKeyEnabled: true }];
    await aws.s3.send(new PutBucketEncryptionCommand({ ...bucket, ServerSideEncryptionConfiguration: { Rules } }));
  }
  if (has("versioning")) {
    const Status = props.versioning ? "Enabled" : "Suspended";
    await aws.s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status } }));
  }
  if (has("lifecycle") && props.lifecycle) await writeLifecycle(aws, bucket, props.lifecycle);
}

/**
 * Natural key: its name, which is global. A new bucket is private by AWS's default (Amazon S3 user guide, "Blocking
 * public access to your Amazon S3 storage"), so a crash before its settings are sent leaves nothing open.
 */
export const bucket: Kind<BucketProps, BucketOutputs> = {
  type: "AWS::S3::Bucket",
  identity: "naturalKey",
  createOnly: [],
  data: true,
  same: {
    lifecycle: asSet("lifecycle"),
    accessLogDelivery: (desired, live) =>
      deliveryKey(desired.accessLogDelivery) === deliveryKey(live.accessLogDelivery),
  },
  timing: { pollSeconds: 2, usually: "seconds" },

  async find(aws, { name }) {
    const tags = await readTags(aws, name);
    return tags ? [{ id: name, tags }] : [];
  },

  async observe(aws, id) {
    const bucket = of(aws, id);
    const [tags, versioning, encryption, access, policy, lifecycle] = await Promise.all([
      readTags(aws, id),
      unlessNotFound(aws.s3.send(new GetBucketVersioningCommand(bucket))),
      unlessNotFound(aws.s3.send(new GetBucketEncryptionCommand(bucket))),
      unlessNotFound(aws.s3.send(new GetPublicAccessBlockCommand(bucket))),
      unlessNotFound(aws.s3.send(new GetBucketPolicyCommand(bucket))),
      readLifecycle(aws, bucket),
    ]);
    if (!tags) return undefined;
    const block = access?.PublicAccessBlockConfiguration;
    const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
    const blocked = Object.keys(BLOCKED).every((key) => block?.[key as keyof typeof BLOCKED]);
    return {
      live: {
        versioning: versioning?.Status === "Enabled",
        encryption: (rule?.SSEAlgorithm ?? "AES256") as BucketProps["encryption"],
        publicAccessBlocked: blocked as true,
        ...settingsOf(aws, id, policy?.Policy),
        lifecycle,
      },
      tags,
      phase: "ready",
      outputs: { bucketName: id, arn: `arn:${aws.partition}:s3:::${id}` },
    };
  },

  /** us-east-1 is the region without a constraint: S3 refuses it by name. */
  async create(aws, { name, props, tags }) {
    const LocationConstraint = aws.region === "us-east-1" ? undefined : (aws.region as BucketLocationConstraint);
    await aws.s3.send(
      new CreateBucketCommand({
        Bucket: name,
        ObjectOwnership: "BucketOwnerEnforced",
        CreateBucketConfiguration: { LocationConstraint, Tags: toTagList(tags) },
      }),
    );
    await afterCreate(() => apply(aws, name, props, Object.keys(props)));
    return name;
  },

  update: (aws, id, { props, changed }) => apply(aws, id, props, changed),

  async delete(aws, id) {
    await empty(aws, of(aws, id));
    await aws.s3.send(new DeleteBucketCommand(of(aws, id)));
  },

  /** PutBucketTagging replaces all tags: what others have set stays. */
  async tag(aws, id, tags) {
    const all = { ...(await readTags(aws, id)), ...tags };
    await aws.s3.send(new PutBucketTaggingCommand({ ...of(aws, id), Tagging: { TagSet: toTagList(all) } }));
  },
};

function deliveryKey(delivery: AccessLogDelivery | undefined): string {
  return canonicalJson(delivery && { ...delivery, prefixes: delivery.prefixes.toSorted() });
}
