import type {
  GetBucketEncryptionOutput,
  GetBucketLifecycleConfigurationOutput,
  GetBucketOwnershipControlsOutput,
  GetBucketVersioningOutput,
  GetPublicAccessBlockOutput,
  LifecycleRule,
  PutBucketEncryptionRequest,
  PutBucketLifecycleConfigurationRequest,
  PutBucketOwnershipControlsRequest,
  PutBucketVersioningRequest,
  PutPublicAccessBlockRequest,
} from "@aws-sdk/client-s3";
import { AwsError, type Call } from "../../operation.ts";
import { uuid } from "../common/random.ts";
import { existing, invalidArgument, malformedXml, type OfBucket, shown } from "./refusals.ts";
import { type BucketRow, buckets } from "./rows.ts";

const set = (call: Call, input: OfBucket, change: (row: BucketRow) => void): undefined => {
  buckets(call).change(existing(call, input).name, change);
};

/** API_PutBucketVersioning: once on, it can be suspended and never be off again. */
export function putBucketVersioning(call: Call, input: PutBucketVersioningRequest): undefined {
  const status = input.VersioningConfiguration?.Status;
  if (status !== "Enabled" && status !== "Suspended") {
    throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
  }
  set(call, input, (row) => {
    row.versioning = status;
  });
}

/** API_GetBucketVersioning: "If you never enabled versioning … the response doesn't include a Status element". */
export function getBucketVersioning(call: Call, input: OfBucket): GetBucketVersioningOutput {
  const { versioning } = shown(call, input);
  return versioning === undefined ? {} : { Status: versioning };
}

/** API_PutBucketEncryption. */
export function putBucketEncryption(call: Call, input: PutBucketEncryptionRequest): undefined {
  const rules = input.ServerSideEncryptionConfiguration?.Rules ?? [];
  if (rules.length !== 1) throw malformedXml();
  const by = rules[0]?.ApplyServerSideEncryptionByDefault;
  if (by?.SSEAlgorithm === "AES256" && by.KMSMasterKeyID !== undefined) {
    throw invalidArgument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms");
  }
  set(call, input, (row) => {
    row.encryption = rules.map((rule) => ({ BucketKeyEnabled: false, ...rule }));
  });
}

export function getBucketEncryption(call: Call, input: OfBucket): GetBucketEncryptionOutput {
  return { ServerSideEncryptionConfiguration: { Rules: shown(call, input).encryption } };
}

/** API_DeleteBucketEncryption: "resets the default encryption for the bucket as server-side encryption with SSE-S3". */
export function deleteBucketEncryption(call: Call, input: OfBucket): undefined {
  set(call, input, (row) => {
    row.encryption = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }];
  });
}

/** API_PutPublicAccessBlock: what it does not name is off. */
export function putPublicAccessBlock(call: Call, input: PutPublicAccessBlockRequest): undefined {
  const given = input.PublicAccessBlockConfiguration ?? {};
  set(call, input, (row) => {
    row.publicAccessBlock = {
      BlockPublicAcls: given.BlockPublicAcls ?? false,
      IgnorePublicAcls: given.IgnorePublicAcls ?? false,
      BlockPublicPolicy: given.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
    };
  });
}

export function getPublicAccessBlock(call: Call, input: OfBucket): GetPublicAccessBlockOutput {
  const row = shown(call, input);
  if (!row.publicAccessBlock) {
    throw new AwsError(
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
      404,
      {
        BucketName: row.name,
      },
    );
  }
  return { PublicAccessBlockConfiguration: row.publicAccessBlock };
}

export function deletePublicAccessBlock(call: Call, input: OfBucket): undefined {
  set(call, input, (row) => {
    row.publicAccessBlock = undefined;
  });
}

/** API_PutBucketOwnershipControls. */
export function putBucketOwnershipControls(call: Call, input: PutBucketOwnershipControlsRequest): undefined {
  const rules = input.OwnershipControls?.Rules ?? [];
  if (rules.length !== 1) throw malformedXml();
  set(call, input, (row) => {
    row.ownership = [...rules];
  });
}

export function getBucketOwnershipControls(call: Call, input: OfBucket): GetBucketOwnershipControlsOutput {
  const row = shown(call, input);
  if (!row.ownership) {
    throw new AwsError("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", 404, {
      BucketName: row.name,
    });
  }
  return { OwnershipControls: { Rules: row.ownership } };
}

export function deleteBucketOwnershipControls(call: Call, input: OfBucket): undefined {
  set(call, input, (row) => {
    row.ownership = undefined;
  });
}

/** API_PutBucketLifecycleConfiguration: replaces all; a rule without an id gets one. */
export function putBucketLifecycleConfiguration(
  call: Call,
  input: PutBucketLifecycleConfigurationRequest,
): GetBucketLifecycleConfigurationOutput {
  const given = input.LifecycleConfiguration?.Rules ?? [];
  if (given.length === 0 || given.length > call.world.quota("s3.lifecycleRules")) throw malformedXml();
  const rules = given.map((rule) => checkedRule(call, rule));
  if (new Set(rules.map((rule) => rule.ID)).size < rules.length) {
    throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule");
  }
  set(call, input, (row) => {
    row.lifecycle = rules;
  });
  return { TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" };
}

function checkedRule(call: Call, rule: LifecycleRule): LifecycleRule {
  if (rule.Filter === undefined && rule.Prefix === undefined) throw malformedXml();
  const acts =
    rule.Expiration ??
    rule.Transitions ??
    rule.NoncurrentVersionExpiration ??
    rule.NoncurrentVersionTransitions ??
    rule.AbortIncompleteMultipartUpload;
  if (!acts) throw new AwsError("InvalidRequest", "At least one action needs to be specified in a rule");
  const days = [rule.Expiration?.Days, rule.NoncurrentVersionExpiration?.NoncurrentDays];
  if (days.some((each) => each !== undefined && each <= 0)) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer");
  }
  if ((rule.ID?.length ?? 0) > 255) throw invalidArgument("ID length should not exceed allowed limit of 255");
  return { ...rule, ID: rule.ID ?? uuid(call.world) };
}

/** API_GetBucketLifecycleConfiguration, special errors: NoSuchLifecycleConfiguration. */
export function getBucketLifecycleConfiguration(call: Call, input: OfBucket): GetBucketLifecycleConfigurationOutput {
  const row = shown(call, input);
  if (!row.lifecycle) {
    throw new AwsError("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404, {
      BucketName: row.name,
    });
  }
  return { Rules: row.lifecycle, TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" };
}

export function deleteBucketLifecycle(call: Call, input: OfBucket): undefined {
  set(call, input, (row) => {
    row.lifecycle = undefined;
  });
}
