import {
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule as Rule,
} from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { unlessNotFound } from "../not-found.ts";
import type { LifecycleRule } from "./bucket.ts";

interface Of {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

export async function readLifecycle(aws: Aws, of: Of): Promise<readonly LifecycleRule[]> {
  const answer = await unlessNotFound(aws.s3.send(new GetBucketLifecycleConfigurationCommand(of)));
  return (answer?.Rules ?? []).map(fromRule).sort((a, b) => a.id.localeCompare(b.id));
}

/** S3 refuses a configuration without rules: none is no configuration. */
export async function writeLifecycle(aws: Aws, of: Of, rules: readonly LifecycleRule[]): Promise<void> {
  if (rules.length === 0) {
    await aws.s3.send(new DeleteBucketLifecycleCommand(of));
    return;
  }
  const LifecycleConfiguration = { Rules: rules.map(toRule) };
  await aws.s3.send(new PutBucketLifecycleConfigurationCommand({ ...of, LifecycleConfiguration }));
}

function toRule(rule: LifecycleRule): Rule {
  const { expireAfterDays: Days, expireNoncurrentAfterDays, abortUploadsAfterDays } = rule;
  return {
    ID: rule.id,
    Status: "Enabled",
    Filter: { Prefix: rule.prefix ?? "" },
    ...(Days !== undefined && { Expiration: { Days } }),
    ...(expireNoncurrentAfterDays !== undefined && {
      NoncurrentVersionExpiration: { NoncurrentDays: expireNoncurrentAfterDays },
    }),
    ...(abortUploadsAfterDays !== undefined && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortUploadsAfterDays },
    }),
  };
}

/** A disabled rule does nothing, so it shows without what it would do. */
function fromRule(rule: Rule): LifecycleRule {
  const { ID: id = "", Filter, Prefix, Status } = rule;
  const prefix = Filter?.Prefix ?? Prefix;
  const days = rule.Expiration?.Days;
  const noncurrent = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  const uploads = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  return {
    id,
    ...(prefix && { prefix }),
    ...(Status === "Enabled" && {
      ...(days !== undefined && { expireAfterDays: days }),
      ...(noncurrent !== undefined && { expireNoncurrentAfterDays: noncurrent }),
      ...(uploads !== undefined && { abortUploadsAfterDays: uploads }),
    }),
  };
}
