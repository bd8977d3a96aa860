import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../../test/support/emulators/emulator.ts";
import { ArtifactConflict, BucketArtifacts } from "./artifacts.ts";
import { objectsOf } from "./testing/stage.ts";

let aws: Emulator;
let s3: S3Client;
beforeAll(async () => {
  aws = await startEmulator("ministack");
  s3 = new S3Client({
    region: "eu-central-1",
    endpoint: aws.url,
    credentials: { accessKeyId: "123456789012", secretAccessKey: "test" },
  });
});
afterAll(() => aws?.stop());

const never = new AbortController().signal;

async function bucket(name: string): Promise<BucketArtifacts> {
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: "Enabled" } }));
  return new BucketArtifacts(s3, { bucket: name, prefix: "artifacts/", urlSeconds: 60 });
}

describe("an artifact", () => {
  it("is stored once, however many store it at once", async () => {
    const artifacts = await bucket("once");
    const put = () => artifacts.put("w-1", "writer", "# Büro", never);
    const [first, ...others] = await Promise.all([put(), put(), put(), put()]);
    expect(first).toEqual({
      key: "artifacts/workflows/w-1/writer.md",
      bytes: 7,
      sha256: "12906b1207fed9f4eb021ab3c0e31f7cafa5b4e2c0c9cc8cd1cc528d0427e1e6",
    });
    expect(others).toEqual([first, first, first]);
    expect(await put()).toEqual(first);
    expect(await objectsOf(s3, "once")).toEqual(new Map([[first?.key, { text: "# Büro", versions: 1 }]]));
  });

  it("is never written over by other content", async () => {
    const artifacts = await bucket("conflict");
    await artifacts.put("w-1", "writer", "first", never);
    await expect(artifacts.put("w-1", "writer", "other", never)).rejects.toBeInstanceOf(ArtifactConflict);
    expect([...(await objectsOf(s3, "conflict")).values()]).toEqual([{ text: "first", versions: 1 }]);
  });

  it("is read by a URL that lives as long as it says", async () => {
    const artifacts = await bucket("url");
    const artifact = await artifacts.put("w-1", "writer", "# Report", never);
    const before = Date.now();
    const presigned = await artifacts.presign(artifact);
    const answer = await fetch(presigned?.url ?? "");
    expect([answer.status, await answer.text()]).toEqual([200, "# Report"]);
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(presigned?.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 60_000);
    expect(presigned?.expiresAt.getTime()).toBeLessThan(Date.now() + 61_000);
    const altered = presigned?.url.replace("writer.md", "analyst.md") ?? "";
    expect((await fetch(altered)).status).toBe(403);
  });

  it("has no URL once it is gone", async () => {
    const artifacts = await bucket("gone");
    const artifact = await artifacts.put("w-1", "writer", "# Report", never);
    await s3.send(new DeleteObjectCommand({ Bucket: "gone", Key: artifact.key }));
    expect(await artifacts.presign(artifact)).toBeUndefined();
  });

  it("has a URL no longer than the credentials that sign it", async () => {
    await bucket("short");
    const expiration = new Date(Date.now() + 10_000);
    const client = new S3Client({
      region: "eu-central-1",
      endpoint: aws.url,
      credentials: async () => ({ accessKeyId: "123456789012", secretAccessKey: "test", expiration }),
    });
    const artifacts = new BucketArtifacts(client, { bucket: "short", prefix: "", urlSeconds: 900 });
    const presigned = await artifacts.presign(await artifacts.put("w-1", "writer", "# Report", never));
    expect(presigned?.expiresAt).toEqual(expiration);
  });

  it("that cannot be stored is no artifact", async () => {
    const artifacts = new BucketArtifacts(s3, { bucket: "absent", prefix: "", urlSeconds: 60 });
    await expect(artifacts.put("w-1", "writer", "text", never)).rejects.toMatchObject({ name: "NoSuchBucket" });
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(artifacts.put("w-1", "writer", "text", stopped)).rejects.toThrow();
  });
});
