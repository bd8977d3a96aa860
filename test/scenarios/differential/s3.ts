import { needed, type Scenario } from "./scenario.ts";

export const s3Scenarios: readonly Scenario[] = [
  {
    name: "a new bucket",
    async run({ s3, unique }, step) {
      const Bucket = `new-${unique}`;
      await step("create", s3.createBucket({ Bucket }));
      await step("create again", s3.createBucket({ Bucket }));
      await step("public access", s3.getPublicAccessBlock({ Bucket }), (answer) => [
        answer.PublicAccessBlockConfiguration?.BlockPublicAcls ?? null,
        answer.PublicAccessBlockConfiguration?.RestrictPublicBuckets ?? null,
      ]);
      await step(
        "encryption",
        s3.getBucketEncryption({ Bucket }),
        (answer) =>
          answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
      );
      await step("ownership", s3.getBucketOwnershipControls({ Bucket }), (answer) =>
        answer.OwnershipControls?.Rules?.map((each) => String(each.ObjectOwnership)),
      );
      await step("versioning", s3.getBucketVersioning({ Bucket }), (answer) => answer.Status);
      await step("policy", s3.getBucketPolicy({ Bucket }));
      await step("tags", s3.getBucketTagging({ Bucket }));
      await step("lifecycle", s3.getBucketLifecycleConfiguration({ Bucket }));
      await step("location", s3.getBucketLocation({ Bucket }), (answer) => answer.LocationConstraint);
      await step("delete", s3.deleteBucket({ Bucket }));
      await step("head afterwards", s3.headBucket({ Bucket }));
      await step("create at once", s3.createBucket({ Bucket }));
    },
  },
  {
    name: "names of buckets",
    async run({ s3 }, step) {
      for (const Bucket of ["ab", "UPPER-case", "under_score", "192.168.0.1", "two..dots"]) {
        await step(Bucket, s3.createBucket({ Bucket }));
      }
      await step("of none", s3.headBucket({ Bucket: "no-such-bucket-of-anybody" }));
    },
  },
  {
    name: "a bucket that is not empty",
    async run({ s3, unique }, step) {
      const Bucket = `full-${unique}`;
      await s3.createBucket({ Bucket });
      await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
      await step("put", s3.putObject({ Bucket, Key: "a", Body: "1" }), (answer) => answer.VersionId !== undefined);
      await step("delete the bucket", s3.deleteBucket({ Bucket }));
      const gone = await step(
        "delete the object",
        s3.deleteObject({ Bucket, Key: "a" }),
        (answer) => answer.DeleteMarker,
      );
      await step("get it", s3.getObject({ Bucket, Key: "a" }));
      await step("list", s3.listObjectsV2({ Bucket }), (answer) => answer.KeyCount);
      const all = await step("versions", s3.listObjectVersions({ Bucket }), (answer) => [
        answer.Versions?.length ?? 0,
        answer.DeleteMarkers?.length ?? 0,
      ]);
      await step("delete the bucket with versions", s3.deleteBucket({ Bucket }));
      const Objects = (all?.Versions ?? []).map((each) => ({
        Key: needed(each.Key, "key"),
        VersionId: each.VersionId,
      }));
      await step(
        "delete the versions",
        s3.deleteObjects({ Bucket, Delete: { Objects } }),
        (answer) => answer.Deleted?.length,
      );
      await step("delete the bucket with a marker", s3.deleteBucket({ Bucket }));
      await s3.deleteObject({ Bucket, Key: "a", VersionId: gone?.VersionId });
      await step("delete the bucket when empty", s3.deleteBucket({ Bucket }));
    },
  },
  {
    name: "settings of a bucket",
    async run({ s3, unique }, step) {
      const Bucket = `set-${unique}`;
      await s3.createBucket({ Bucket });
      const policy = (Resource: string, Principal: unknown) =>
        s3.putBucketPolicy({
          Bucket,
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal, Action: "s3:GetObject", Resource }],
          }),
        });
      await step("a policy of another bucket", policy("arn:aws:s3:::other/*", { Service: "ecs.amazonaws.com" }));
      await step("a public policy", policy(`arn:aws:s3:::${Bucket}/*`, "*"));
      await step("no JSON for a policy", s3.putBucketPolicy({ Bucket, Policy: "nonsense" }));
      const rule = { ID: "a", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 1 } };
      const life = (...Rules: (typeof rule)[]) =>
        s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
      await step("two lifecycle rules of one id", life(rule, rule));
      await step("lifecycle", life(rule));
      await step("lifecycle as read", s3.getBucketLifecycleConfiguration({ Bucket }), (answer) =>
        answer.Rules?.map((each) => `${each.ID} ${each.Expiration?.Days}`),
      );
      const TagSet = [{ Key: "a", Value: "1" }];
      await step("a tag twice", s3.putBucketTagging({ Bucket, Tagging: { TagSet: [...TagSet, ...TagSet] } }));
      await step("tags", s3.putBucketTagging({ Bucket, Tagging: { TagSet } }));
      await step("no tags", s3.deleteBucketTagging({ Bucket }));
      await step("tags as read", s3.getBucketTagging({ Bucket }));
      await s3.deletePublicAccessBlock({ Bucket });
      await step("public access without a block", s3.getPublicAccessBlock({ Bucket }));
      await s3.deleteBucketEncryption({ Bucket });
      await step(
        "encryption after its deletion",
        s3.getBucketEncryption({ Bucket }),
        (answer) =>
          answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
      );
    },
  },
  {
    name: "lists and batches of objects",
    async run({ s3, unique }, step) {
      const Bucket = `list-${unique}`;
      await s3.createBucket({ Bucket });
      for (const Key of ["a", "b/1", "b/2", "c"]) await s3.putObject({ Bucket, Key, Body: Key });
      const first = await step("a page", s3.listObjectsV2({ Bucket, MaxKeys: 2, Delimiter: "/" }), (answer) => [
        answer.Contents?.map((each) => each.Key ?? "") ?? [],
        answer.CommonPrefixes?.map((each) => each.Prefix ?? "") ?? [],
        answer.IsTruncated ?? false,
      ]);
      const ContinuationToken = first?.NextContinuationToken;
      await step("the next", s3.listObjectsV2({ Bucket, MaxKeys: 2, Delimiter: "/", ContinuationToken }), (answer) => [
        answer.Contents?.map((each) => each.Key ?? "") ?? [],
        answer.CommonPrefixes?.map((each) => each.Prefix ?? "") ?? [],
        answer.IsTruncated ?? false,
      ]);
      const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
      await step("delete too many", s3.deleteObjects({ Bucket, Delete: { Objects } }));
      await step(
        "delete what is not there",
        s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "none" }] } }),
        (answer) => answer.Deleted?.map((each) => each.Key ?? ""),
      );
      await step("write once", s3.putObject({ Bucket, Key: "a", Body: "2", IfNoneMatch: "*" }));
    },
  },
];
