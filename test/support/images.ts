import { createHash } from "node:crypto";
import { DescribeRepositoriesCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
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

/** Pushes one image: a manifest of its own for each tag, so that each tag is another digest. */
export async function pushImage(config: AccountConfig, repositoryName: string, imageTag: string): Promise<void> {
  const digest = `sha256:${createHash("sha256").update(`${repositoryName}:${imageTag}`).digest("hex")}`;
  const mediaType = "application/vnd.oci.image.config.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType, size: 2, digest },
    layers: [],
  };
  const imageManifest = JSON.stringify(manifest);
  await new ECRClient(config).send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
}
