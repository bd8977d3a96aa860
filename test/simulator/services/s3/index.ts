import type { Operations } from "../../operation.ts";
import * as bucket from "./bucket.ts";
import * as list from "./list.ts";
import * as object from "./object.ts";
import * as policy from "./policy.ts";
import * as settings from "./settings.ts";
import * as tagging from "./tagging.ts";
import * as upload from "./upload.ts";

/** General purpose buckets. Source of the rules: Amazon S3 API Reference, 2006-03-01. */
export const operations: Operations = {
  AbortMultipartUpload: upload.abortMultipartUpload,
  CompleteMultipartUpload: upload.completeMultipartUpload,
  CreateBucket: bucket.createBucket,
  CreateMultipartUpload: upload.createMultipartUpload,
  DeleteBucket: bucket.deleteBucket,
  DeleteBucketEncryption: settings.deleteBucketEncryption,
  DeleteBucketLifecycle: settings.deleteBucketLifecycle,
  DeleteBucketOwnershipControls: settings.deleteBucketOwnershipControls,
  DeleteBucketPolicy: policy.deleteBucketPolicy,
  DeleteBucketTagging: tagging.deleteBucketTagging,
  DeleteObject: object.deleteObject,
  DeleteObjects: object.deleteObjects,
  DeletePublicAccessBlock: settings.deletePublicAccessBlock,
  GetBucketAcl: bucket.getBucketAcl,
  GetBucketEncryption: settings.getBucketEncryption,
  GetBucketLifecycleConfiguration: settings.getBucketLifecycleConfiguration,
  GetBucketLocation: bucket.getBucketLocation,
  GetBucketOwnershipControls: settings.getBucketOwnershipControls,
  GetBucketPolicy: policy.getBucketPolicy,
  GetBucketPolicyStatus: policy.getBucketPolicyStatus,
  GetBucketTagging: tagging.getBucketTagging,
  GetBucketVersioning: settings.getBucketVersioning,
  GetObject: object.getObject,
  GetPublicAccessBlock: settings.getPublicAccessBlock,
  HeadBucket: bucket.headBucket,
  HeadObject: object.headObject,
  ListBuckets: bucket.listBuckets,
  ListMultipartUploads: upload.listMultipartUploads,
  ListObjectVersions: list.listObjectVersions,
  ListObjectsV2: list.listObjectsV2,
  PutBucketEncryption: settings.putBucketEncryption,
  PutBucketLifecycleConfiguration: settings.putBucketLifecycleConfiguration,
  PutBucketOwnershipControls: settings.putBucketOwnershipControls,
  PutBucketPolicy: policy.putBucketPolicy,
  PutBucketTagging: tagging.putBucketTagging,
  PutBucketVersioning: settings.putBucketVersioning,
  PutObject: object.putObject,
  PutPublicAccessBlock: settings.putPublicAccessBlock,
  UploadPart: upload.uploadPart,
};
