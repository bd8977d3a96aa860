import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Names } from "../../src/graph/names.ts";
import type { Builder, BuiltImage } from "./build.ts";
import type { Ecr } from "./ecr.ts";
import { ImagesError } from "./errors.ts";
import { blobFile, compressedBytes, type Descriptor, INDEX_TYPE } from "./layout.ts";
import type { Manifest, Registry } from "./registry.ts";

/** Where the images of a platform go. */
export interface Destination {
  readonly project: string;
  readonly environment: string;
  readonly registry: Registry;
  /** An ECR that is told of what was pushed elsewhere; undefined where the registry is ECR itself, or has nothing to do with it. */
  readonly mirror: Ecr | undefined;
  readonly log: (line: string) => void;
}

/** An agent's image as it is in the registry. */
export interface Published {
  readonly agent: string;
  readonly repository: string;
  /** Registry, repository and digest. */
  readonly image: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly revision: string;
  /** False when the registry had it. */
  readonly built: boolean;
  readonly pushedBytes: number;
  readonly seconds: number;
  /** What a node downloads that has none of it. */
  readonly platforms: readonly { readonly platform: string; readonly digest: string; readonly bytes: number }[];
}

/** Name of an agent's repository, as the operator makes it. */
export function repositoryOf(project: string, environment: string, agent: string): string {
  return new Names({ project, environment, account: "", region: "" }).part(agent);
}

/**
 * Builds and pushes the agent's image, unless the registry has one of the same inputs, and gives it the tags. Tags never
 * move. What was cut short goes on where it stopped: the tags come last.
 *
 * @param tag besides the one that names the content
 * @throws ImagesError TagTaken, RepositoryMissing, AccessDenied, NoCredentials, RegistryUnreachable, RegistryError
 */
export async function publish(
  to: Destination,
  builder: Builder,
  agent: string,
  tag: string | undefined,
): Promise<Published> {
  const started = performance.now();
  const repository = repositoryOf(to.project, to.environment, agent);
  const inputs = await builder.inputs(agent);
  const tags = [inputs.contentTag, ...(tag && tag !== inputs.contentTag ? [tag] : [])];
  const known = await to.registry.manifest(repository, inputs.contentTag);
  // Before the long work: a tag that exists can only stand for what was made of other inputs.
  if (tag) await held(to, repository, tag, known?.digest);
  let pushedBytes = 0;
  let image: Manifest;
  if (known) {
    to.log(`${agent}: ${repository}:${inputs.contentTag} is there, nothing to build`);
    image = known;
  } else {
    const built = await builder.build(inputs);
    pushedBytes = await pushParts(to, repository, built);
    // The registry has it now.
    for (const { folder } of built.index.parts) await rm(dirname(folder), { recursive: true, force: true });
    image = { digest: built.index.digest, mediaType: INDEX_TYPE, bytes: built.index.bytes };
  }
  for (const one of tags) {
    if (!(await held(to, repository, one, image.digest))) {
      await to.registry.pushManifest(repository, one, image.mediaType, image.bytes);
      pushedBytes += image.bytes.length;
    }
    await to.mirror?.putImage(repository, one, image);
  }
  return {
    agent,
    repository,
    image: `${to.registry.host}/${repository}@${image.digest}`,
    digest: image.digest,
    tags,
    revision: inputs.revision,
    built: !known,
    pushedBytes,
    seconds: (performance.now() - started) / 1000,
    platforms: await platformsOf(to.registry, repository, image),
  };
}

/**
 * Whether the tag stands for this image already.
 * @throws ImagesError TagTaken when it stands for another
 */
async function held(to: Destination, repository: string, tag: string, digest: string | undefined): Promise<boolean> {
  const found = await to.registry.manifest(repository, tag);
  if (!found || found.digest === digest) return found !== undefined;
  const text = `${to.registry.host}/${repository}:${tag} stands for ${found.digest}, and this image is ${digest ?? "made of other inputs"}`;
  throw new ImagesError("TagTaken", `${text}: tags never move, choose another`);
}

/** Blobs first, then the images by digest: nothing that is there names what is not. @returns bytes that were sent */
async function pushParts(to: Destination, repository: string, { index, inputs }: BuiltImage): Promise<number> {
  let sent = 0;
  for (const { folder, platform, config, layers, manifest } of index.parts) {
    for (const blob of [...layers, config]) {
      const bytes = await to.registry.pushBlob(repository, blob, blobFile(folder, blob.digest));
      sent += bytes;
      if (bytes > 0) to.log(`${inputs.agent} ${platform}: pushed ${megabytes(bytes)} of ${blob.digest.slice(0, 19)}`);
    }
    const bytes = await readFile(blobFile(folder, manifest.digest));
    await to.registry.pushManifest(repository, manifest.digest, manifest.mediaType, bytes);
    sent += bytes.length;
  }
  return sent;
}

/** What the index in the registry holds. */
export async function platformsOf(registry: Registry, repository: string, index: Manifest) {
  const { manifests = [] }: { manifests?: readonly Descriptor[] } = JSON.parse(index.bytes.toString());
  return Promise.all(
    manifests.map(async ({ digest, platform }) => {
      const found = await registry.manifest(repository, digest);
      if (!found)
        throw new ImagesError(
          "RegistryError",
          `${registry.host}/${repository} lost ${digest}, which ${index.digest} names`,
        );
      const { config, layers }: { config: Descriptor; layers: readonly Descriptor[] } = JSON.parse(
        found.bytes.toString(),
      );
      return {
        platform: `${platform?.os}/${platform?.architecture}`,
        digest,
        bytes: compressedBytes({ config, layers }),
      };
    }),
  );
}

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
