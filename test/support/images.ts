import { createHash } from "node:crypto";
import {
  DescribeRepositoriesCommand,
  ECRClient,
  ImageAlreadyExistsException,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import type { AccountConfig } from "./account.ts";

/**
 * Pushes an image to each repository whose name begins with `prefix`, as a build pipeline does, and returns their names.
 */
export async function pushImages(config: AccountConfig, prefix: string, tag: string): Promise<readonly string[]> {
  const { repositories = [] } = await new ECRClient(config).send(new DescribeRepositoriesCommand({}));
  const names = repositories.flatMap(({ repositoryName }) =>
    repositoryName?.startsWith(prefix) ? [repositoryName] : [],
  );
  for (const name of names) await pushImage(config, name, tag);
  return names;
}

/** Pushes one image: a manifest of its own for each tag, and its digest with it, which moto would make of the layers alone. */
export async function pushImage(config: AccountConfig, repositoryName: string, imageTag: string): Promise<void> {
  const digest = sha256(`${repositoryName}:${imageTag}`);
  const mediaType = "application/vnd.oci.image.config.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType, size: 2, digest },
    layers: [],
  };
  const imageManifest = JSON.stringify(manifest);
  const imageDigest = sha256(imageManifest);
  const push = new PutImageCommand({ repositoryName, imageTag, imageManifest, imageDigest });
  await new ECRClient(config).send(push).catch((error: unknown) => {
    // The answer to an earlier attempt was lost.
    if (!(error instanceof ImageAlreadyExistsException)) throw error;
  });
}

const sha256 = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
