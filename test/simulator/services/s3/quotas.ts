/** Source: S3 User Guide, "Bucket quotas" and "Restrictions". */
export const quotas = {
  "s3.buckets": 10_000,
  "s3.lifecycleRules": 1000,
  /** Keys of one list or batched delete. */
  "s3.keysPerCall": 1000,
} as const;
