import type { Kind } from "../kind.ts";

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

const notYet = async (): Promise<never> => {
  throw new Error("AWS::S3::Bucket is not written yet");
};

export const bucket: Kind<BucketProps, BucketOutputs> = {
  type: "AWS::S3::Bucket",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
