import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in S3. */
export const s3Ledger: readonly Verdict[] = [
  {
    scenario: "a new bucket",
    why: "A new bucket is closed to the public, encrypted and without ACLs.",
    page: 'S3 User Guide, "Default settings for new S3 buckets"',
    right: "simulator",
    steps: {
      "public access": {
        ministack: "refused: NoSuchPublicAccessBlockConfiguration",
        moto: "refused: NoSuchPublicAccessBlockConfiguration",
      },
      encryption: { moto: "refused: ServerSideEncryptionConfigurationNotFoundError" },
      ownership: { moto: "refused: OwnershipControlsNotFoundError" },
    },
  },
  {
    scenario: "a new bucket",
    why: "A deleted name is not free at once.",
    page: 'S3 User Guide, "Deleting a general purpose bucket"; "Error responses", OperationAborted',
    right: "simulator",
    steps: {
      "create at once": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "names of buckets",
    why: "Names follow rules.",
    page: 'S3 User Guide, "General purpose bucket naming rules"',
    right: "simulator",
    steps: {
      "UPPER-case": { moto: "done" },
      under_score: { moto: "done" },
      "192.168.0.1": { moto: "done" },
      "two..dots": { moto: "done" },
    },
  },
  {
    scenario: "settings of a bucket",
    why: "A policy is JSON and speaks of its bucket alone, and a public one is blocked.",
    page: 'API_PutBucketPolicy, MalformedPolicy; S3 User Guide, "Blocking public access to your Amazon S3 storage"',
    right: "simulator",
    steps: {
      "a policy of another bucket": { ministack: "done", moto: "done" },
      "a public policy": { ministack: "done", moto: "done" },
      "no JSON for a policy": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "settings of a bucket",
    why: "Ids of lifecycle rules and keys of tags are unique.",
    page: "API_LifecycleRule, ID; API_PutBucketTagging, InvalidTag",
    right: "simulator",
    steps: {
      "two lifecycle rules of one id": { ministack: "done", moto: "done" },
      "a tag twice": { ministack: "done" },
    },
  },
  {
    scenario: "settings of a bucket",
    why: "Without a setting of its own a bucket is encrypted by S3.",
    page: "API_DeleteBucketEncryption",
    right: "simulator",
    steps: {
      "encryption after its deletion": { moto: "refused: ServerSideEncryptionConfigurationNotFoundError" },
    },
  },
  {
    scenario: "lists and batches of objects",
    why: "A thousand keys a call.",
    page: "API_DeleteObjects",
    right: "simulator",
    steps: {
      "delete too many": { ministack: "done", moto: "done" },
    },
  },
];
