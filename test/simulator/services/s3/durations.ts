/** Seconds that S3 takes, by the name that rules pass to `world.duration`. */
export const durations = {
  "s3.bucket.nameFree": {
    seconds: 30,
    source:
      "S3 User Guide, Deleting a bucket: a deleted bucket's name is not free at once (OperationAborted meanwhile)",
  },
} as const;
