import { beforeEach, describe, expect, it } from "vitest";
import { code, connect, type Simulated, simulate, words } from "../fixture.ts";

let world: Simulated;
const Bucket = "bucket-of-a-test";
beforeEach(() => {
  world = simulate();
});
const create = (here = world, change: object = {}) => here.s3.createBucket({ Bucket, ...change });
const constraint = (LocationConstraint: string) => ({ CreateBucketConfiguration: { LocationConstraint } });

describe("a bucket's name", () => {
  it("is one in the world: taken for others, and the owner's own", async () => {
    const stranger = connect(world.aws, { account: "222222222222", region: "us-east-1" });
    await create();
    expect(await code(create())).toMatchObject({ Location: `/${Bucket}` });
    expect(await code(create(stranger))).toBe("BucketAlreadyExists");
    expect(await code(stranger.s3.headBucket({ Bucket }))).not.toMatchObject({ BucketRegion: "us-east-1" });
    expect(await code(stranger.s3.getBucketPolicy({ Bucket }))).toBe("AccessDenied");
    const ireland = connect(world.aws, { account: "111111111111", region: "eu-west-1" });
    expect(await code(create(ireland, constraint("eu-west-1")))).toBe("BucketAlreadyOwnedByYou");
  });

  it("is not free at once after a deletion", async () => {
    await create();
    await world.s3.deleteBucket({ Bucket });
    expect(await code(world.s3.headBucket({ Bucket }))).toBe("NotFound");
    expect(await code(create())).toBe("OperationAborted");
    await world.pass(31);
    await create();
  });

  it("follows S3's rules", async () => {
    for (const name of ["ab", "UPPER-case", "under_score", "192.168.0.1", "ends-", "two..dots"]) {
      expect(await code(world.s3.createBucket({ Bucket: name }))).toBe("InvalidBucketName");
    }
  });
});

describe("a bucket's region", () => {
  it("is named everywhere but in us-east-1", async () => {
    expect(await code(create(world, constraint("us-east-1")))).toBe("InvalidLocationConstraint");
    const ireland = connect(world.aws, { account: "111111111111", region: "eu-west-1" });
    expect(await code(create(ireland, constraint("us-west-2")))).toBe("IllegalLocationConstraintException");
    await create(ireland, constraint("eu-west-1"));
    expect((await ireland.s3.getBucketLocation({ Bucket })).LocationConstraint).toBe("eu-west-1");
    expect(await code(world.s3.getBucketTagging({ Bucket }))).toBe("PermanentRedirect");
  });
});

describe("a new bucket", () => {
  it("is private, encrypted, without ACLs, versions, policy, tags and lifecycle", async () => {
    await create();
    const { s3 } = world;
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    const rules = (await s3.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration?.Rules;
    expect(rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
    expect((await s3.getBucketOwnershipControls({ Bucket })).OwnershipControls?.Rules).toEqual([
      { ObjectOwnership: "BucketOwnerEnforced" },
    ]);
    expect((await s3.getBucketVersioning({ Bucket })).Status).toBeUndefined();
    expect(await code(s3.getBucketPolicy({ Bucket }))).toBe("NoSuchBucketPolicy");
    expect(await code(s3.getBucketTagging({ Bucket }))).toBe("NoSuchTagSet");
    expect(await code(s3.getBucketLifecycleConfiguration({ Bucket }))).toBe("NoSuchLifecycleConfiguration");
  });

  it("can have its settings removed, each with its own word for absence", async () => {
    await create();
    const { s3 } = world;
    await s3.deletePublicAccessBlock({ Bucket });
    expect(await code(s3.getPublicAccessBlock({ Bucket }))).toBe("NoSuchPublicAccessBlockConfiguration");
    await s3.deleteBucketOwnershipControls({ Bucket });
    expect(await code(s3.getBucketOwnershipControls({ Bucket }))).toBe("OwnershipControlsNotFoundError");
    expect(await code(s3.getBucketTagging({ Bucket: "no-such-bucket" }))).toBe("NoSuchBucket");
  });
});

describe("a bucket's policy", () => {
  const policy = (Resource: string, Principal: unknown = { AWS: "arn:aws:iam::111111111111:root" }) =>
    world.s3.putBucketPolicy({
      Bucket,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal, Action: "s3:GetObject", Resource }],
      }),
    });

  it("is kept as it is written, and speaks of its bucket alone", async () => {
    await create();
    expect(await words(policy("arn:aws:s3:::other/*"))).toBe("Policy has invalid resource");
    expect(await code(world.s3.putBucketPolicy({ Bucket, Policy: "not json" }))).toBe("MalformedPolicy");
    await policy(`arn:aws:s3:::${Bucket}/*`);
    const { Policy = "" } = await world.s3.getBucketPolicy({ Bucket });
    expect(JSON.parse(Policy).Statement[0].Resource).toBe(`arn:aws:s3:::${Bucket}/*`);
    await world.s3.deleteBucketPolicy({ Bucket });
    expect(await code(world.s3.getBucketPolicy({ Bucket }))).toBe("NoSuchBucketPolicy");
  });

  it("is refused where it is public and public policies are blocked", async () => {
    await create();
    expect(await code(policy(`arn:aws:s3:::${Bucket}/*`, "*"))).toBe("AccessDenied");
    await world.s3.deletePublicAccessBlock({ Bucket });
    await policy(`arn:aws:s3:::${Bucket}/*`, "*");
    expect((await world.s3.getBucketPolicyStatus({ Bucket })).PolicyStatus?.IsPublic).toBe(true);
  });
});

describe("settings of a bucket", () => {
  it("of lifecycle and tags are replaced whole", async () => {
    await create();
    const rule = (ID: string, Days: number) => ({
      ID,
      Status: "Enabled" as const,
      Filter: { Prefix: "" },
      Expiration: { Days },
    });
    const put = (...Rules: ReturnType<typeof rule>[]) =>
      world.s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
    await put(rule("a", 1), rule("b", 2));
    await put(rule("c", 3));
    expect((await world.s3.getBucketLifecycleConfiguration({ Bucket })).Rules).toMatchObject([rule("c", 3)]);
    expect(await code(put(rule("a", 1), rule("a", 2)))).toBe("InvalidArgument");
    expect(await code(put(rule("a", 0)))).toBe("InvalidArgument");
    await world.s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "a", Value: "1" }] } });
    await world.s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: "b", Value: "2" }] } });
    expect((await world.s3.getBucketTagging({ Bucket })).TagSet).toEqual([{ Key: "b", Value: "2" }]);
  });

  it("of encryption fall back to S3's own keys when they are deleted", async () => {
    await create();
    const Rules = [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const }, BucketKeyEnabled: true },
    ];
    await world.s3.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration: { Rules } });
    const read = async () => (await world.s3.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration?.Rules;
    expect(await read()).toMatchObject(Rules);
    await world.s3.deleteBucketEncryption({ Bucket });
    expect((await read())?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
  });
});
