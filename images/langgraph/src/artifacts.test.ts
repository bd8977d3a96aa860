import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, it, onTestFinished } from "vitest";
import { BucketArtifacts } from "./artifacts.ts";

const artifact = { key: "artifacts/workflows/w1/writer.md", bytes: 1, sha256: "00" };

/** S3 on the wire: it answers every request with this status. MiniStack refuses nothing. */
async function artifactsAt(status: number): Promise<BucketArtifacts> {
  const server = createServer((_request, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const s3 = new S3Client({
    ...{ region: "eu-central-1", forcePathStyle: true, maxAttempts: 1 },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
  });
  return new BucketArtifacts(s3, { bucket: "shop-artifacts", prefix: "artifacts/", urlSeconds: 60 });
}

it("says that an object is gone only when S3 says so", async () => {
  await expect((await artifactsAt(404)).presign(artifact)).resolves.toBeUndefined();
});

it("says which permissions are missing", async () => {
  const refused = (await artifactsAt(403)).presign(artifact);
  await expect(refused).rejects.toMatchObject({ code: "ArtifactsForbidden", status: 500, retryable: false });
  await expect(refused).rejects.toThrow(/s3:\/\/shop-artifacts\/artifacts.*s3:ListBucket/);
});

it("asks to try again while S3 is away", async () => {
  const away = (await artifactsAt(503)).presign(artifact);
  await expect(away).rejects.toMatchObject({ code: "ArtifactsUnavailable", status: 503, retryable: true });
});
