import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Simulated, simulate } from "../fixture.ts";

let world: Simulated;
const Bucket = "bucket-of-a-test";
beforeEach(async () => {
  world = simulate();
  await world.s3.createBucket({ Bucket });
});
const put = (Key: string, Body = "body") => world.s3.putObject({ Bucket, Key, Body });
const versioned = () => world.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
const versions = async () => {
  const { Versions, DeleteMarkers } = await world.s3.listObjectVersions({ Bucket });
  return { versions: Versions ?? [], markers: DeleteMarkers ?? [] };
};

describe("an object", () => {
  it("is read as it was written, and is gone when it is deleted", async () => {
    await put("a/b c", "hällo");
    const { Body, ContentLength } = await world.s3.getObject({ Bucket, Key: "a/b c" });
    expect([await Body?.transformToString(), ContentLength]).toEqual(["hällo", 6]);
    expect((await world.s3.headObject({ Bucket, Key: "a/b c" })).ContentLength).toBe(6);
    await world.s3.deleteObject({ Bucket, Key: "a/b c" });
    await world.s3.deleteObject({ Bucket, Key: "a/b c" });
    expect(await code(world.s3.getObject({ Bucket, Key: "a/b c" }))).toBe("NoSuchKey");
    expect(await code(world.s3.headObject({ Bucket, Key: "a/b c" }))).toBe("NotFound");
  });

  it("keeps its bucket from being deleted", async () => {
    await put("a");
    expect(await code(world.s3.deleteBucket({ Bucket }))).toBe("BucketNotEmpty");
    await world.s3.deleteObject({ Bucket, Key: "a" });
    await world.s3.deleteBucket({ Bucket });
  });

  it("is written once under If-None-Match", async () => {
    const once = () => world.s3.putObject({ Bucket, Key: "a", Body: "1", IfNoneMatch: "*" });
    await once();
    expect(await code(once())).toBe("PreconditionFailed");
  });
});

describe("versions", () => {
  it("stay behind a delete marker, which keeps the bucket from being deleted too", async () => {
    await versioned();
    await put("a", "1");
    await put("a", "2");
    const { DeleteMarker, VersionId } = await world.s3.deleteObject({ Bucket, Key: "a" });
    expect(DeleteMarker).toBe(true);
    expect((await world.s3.listObjectsV2({ Bucket })).KeyCount).toBe(0);
    const all = await versions();
    expect([all.versions.length, all.markers.length, all.markers[0]?.IsLatest]).toEqual([2, 1, true]);
    const Objects = all.versions.map((each) => ({ Key: must(each.Key), VersionId: each.VersionId }));
    await world.s3.deleteObjects({ Bucket, Delete: { Objects } });
    expect(await code(world.s3.deleteBucket({ Bucket }))).toBe("BucketNotEmpty");
    await world.s3.deleteObject({ Bucket, Key: "a", VersionId });
    await world.s3.deleteBucket({ Bucket });
  });

  it("are replaced one for one while versioning is suspended", async () => {
    await versioned();
    await put("a", "1");
    await world.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Suspended" } });
    await put("a", "2");
    await put("a", "3");
    expect((await versions()).versions.map((each) => each.VersionId === "null")).toEqual([true, false]);
  });
});

describe("lists", () => {
  it("have pages, and roll keys up by a delimiter", async () => {
    for (const key of ["a", "b/1", "b/2", "c"]) await put(key);
    const first = await world.s3.listObjectsV2({ Bucket, MaxKeys: 2, Delimiter: "/" });
    expect([first.Contents?.map((each) => each.Key), first.CommonPrefixes]).toEqual([["a"], [{ Prefix: "b/" }]]);
    const second = await world.s3.listObjectsV2({
      Bucket,
      MaxKeys: 2,
      Delimiter: "/",
      ContinuationToken: first.NextContinuationToken,
    });
    expect([second.Contents?.map((each) => each.Key), second.IsTruncated]).toEqual([["c"], false]);
  });

  it("of versions go on where they stopped, even when what they named has gone", async () => {
    await versioned();
    for (let made = 0; made < 3; made++) await put("a", `${made}`);
    await put("b");
    const first = await world.s3.listObjectVersions({ Bucket, MaxKeys: 2 });
    await world.s3.deleteObject({ Bucket, Key: "a", VersionId: first.NextVersionIdMarker });
    const rest = await world.s3.listObjectVersions({
      Bucket,
      KeyMarker: first.NextKeyMarker,
      VersionIdMarker: first.NextVersionIdMarker,
    });
    expect(rest.Versions?.map((each) => each.Key)).toEqual(["a", "a", "b"]);
  });

  it("take at most a thousand keys to delete", async () => {
    const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
    expect(await code(world.s3.deleteObjects({ Bucket, Delete: { Objects } }))).toBe("MalformedXML");
    const answer = await world.s3.deleteObjects({ Bucket, Delete: { Objects: Objects.slice(1), Quiet: true } });
    expect(answer.Deleted ?? []).toEqual([]);
  });
});

describe("an upload in parts", () => {
  it("becomes an object of its parts, or is aborted", async () => {
    const { UploadId } = await world.s3.createMultipartUpload({ Bucket, Key: "big" });
    await world.s3.uploadPart({ Bucket, Key: "big", UploadId, PartNumber: 1, Body: "one " });
    await world.s3.uploadPart({ Bucket, Key: "big", UploadId, PartNumber: 2, Body: "two" });
    expect((await world.s3.listMultipartUploads({ Bucket })).Uploads).toMatchObject([{ Key: "big", UploadId }]);
    const Parts = [{ PartNumber: 1 }, { PartNumber: 2 }];
    await world.s3.completeMultipartUpload({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } });
    const { Body } = await world.s3.getObject({ Bucket, Key: "big" });
    expect(await Body?.transformToString()).toBe("one two");
    expect(await code(world.s3.abortMultipartUpload({ Bucket, Key: "big", UploadId }))).toBe("NoSuchUpload");
  });
});
