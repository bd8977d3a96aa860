import { createHash } from "node:crypto";
import type {
  BatchDeleteImageRequest,
  BatchGetImageRequest,
  DescribeImagesRequest,
  ImageFailure,
  ImageIdentifier,
  ListImagesRequest,
  PutImageRequest,
} from "@aws-sdk/client-ecr";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import type { ImageRow, Where } from "./rows.ts";
import * as rows from "./rows.ts";

const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

function named(call: Where, repository: string, id: ImageIdentifier): ImageRow | undefined {
  return rows
    .imagesOf(call, repository)
    .find((image) =>
      id.imageDigest === undefined
        ? image.tags.includes(id.imageTag ?? "")
        : image.digest === id.imageDigest && (id.imageTag === undefined || image.tags.includes(id.imageTag)),
    );
}

/** API_PutImage: the digest is the manifest's SHA-256; in an immutable repository a tag never moves. */
export function putImage(call: Call, input: PutImageRequest): object {
  const { name, mutability } = rows.existing(call, input.repositoryName);
  const manifest = input.imageManifest ?? "";
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  if (input.imageDigest !== undefined && input.imageDigest !== digest) {
    throw new AwsError(
      "ImageDigestDoesNotMatchException",
      `The provided digest '${input.imageDigest}' does not match the digest calculated from the manifest '${digest}'`,
    );
  }
  const tag = input.imageTag;
  const table = rows.images(call);
  const same = table.get(rows.imageKey(name, digest));
  if (same && (tag === undefined || same.tags.includes(tag))) {
    throw new AwsError(
      "ImageAlreadyExistsException",
      `Image with digest '${digest}' and tag '${tag ?? null}' already exists in the repository with name '${name}' in registry with id '${call.account}'`,
    );
  }
  const holder = tag === undefined ? undefined : named(call, name, { imageTag: tag });
  if (holder && mutability === "IMMUTABLE") {
    throw new AwsError(
      "ImageTagAlreadyExistsException",
      `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }
  if (holder) {
    table.change(rows.imageKey(name, holder.digest), (image) => {
      image.tags = image.tags.filter((held) => held !== tag);
    });
  }
  const mediaType = input.imageManifestMediaType ?? mediaTypeOf(manifest);
  if (!same) {
    table.put(rows.imageKey(name, digest), {
      repository: name,
      digest,
      manifest,
      mediaType,
      pushed: call.world.clock.now(),
      size: sizeOf(manifest),
      tags: [],
    });
  }
  if (tag !== undefined) {
    table.change(rows.imageKey(name, digest), (image) => {
      image.tags = [...image.tags, tag];
    });
  }
  return {
    image: {
      registryId: call.account,
      repositoryName: name,
      imageId: { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) },
      imageManifest: manifest,
      imageManifestMediaType: mediaType,
    },
  };
}

function parsed(manifest: string): { mediaType?: string; layers?: { size?: number }[] } {
  try {
    return JSON.parse(manifest) as { mediaType?: string; layers?: { size?: number }[] };
  } catch {
    throw rows.invalid("Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'");
  }
}

const mediaTypeOf = (manifest: string): string => parsed(manifest).mediaType ?? DOCKER_MANIFEST;
const sizeOf = (manifest: string): number =>
  (parsed(manifest).layers ?? []).reduce((sum, { size = 0 }) => sum + size, 0);

const imageNotFound = (call: Call, name: string, id: ImageIdentifier) =>
  new AwsError(
    "ImageNotFoundException",
    `The image with imageId {imageDigest:'${id.imageDigest ?? null}', imageTag:'${id.imageTag ?? null}'} does not exist ` +
      `within the repository with name '${name}' in the registry with id '${call.account}'`,
  );

/** API_DescribeImages. */
export function describeImages(call: Call, input: DescribeImagesRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  const chosen = input.imageIds
    ? input.imageIds.map((id) => {
        const image = named(call, name, id);
        if (!image) throw imageNotFound(call, name, id);
        return image;
      })
    : rows.imagesOf(call, name).filter((image) => hasStatus(image, input.filter?.tagStatus));
  const { items, next } = page(chosen, (image) => image.digest, input.nextToken, input.maxResults ?? 100);
  return {
    imageDetails: items.map((image) => ({
      registryId: call.account,
      repositoryName: name,
      imageDigest: image.digest,
      ...(image.tags.length > 0 && { imageTags: [...image.tags] }),
      imageSizeInBytes: image.size,
      imagePushedAt: new Date(image.pushed),
      imageManifestMediaType: image.mediaType,
    })),
    nextToken: next,
  };
}

const hasStatus = (image: ImageRow, status: string | undefined): boolean =>
  status === undefined || status === "ANY" || (status === "TAGGED") === image.tags.length > 0;

/** API_ListImages. */
export function listImages(call: Call, input: ListImagesRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  const ids: ImageIdentifier[] = rows
    .imagesOf(call, name)
    .filter((image) => hasStatus(image, input.filter?.tagStatus))
    .flatMap(({ digest, tags }): ImageIdentifier[] =>
      tags.length > 0 ? tags.map((imageTag) => ({ imageDigest: digest, imageTag })) : [{ imageDigest: digest }],
    );
  const key = (id: ImageIdentifier) => `${id.imageDigest} ${id.imageTag ?? ""}`;
  const { items, next } = page(ids, key, input.nextToken, input.maxResults ?? 100);
  return { imageIds: [...items], nextToken: next };
}

const failure = (id: ImageIdentifier): ImageFailure => ({
  imageId: id,
  failureCode: "ImageNotFound",
  failureReason: "Requested image not found",
});

/** API_BatchGetImage: what is not there is a failure and not an error. */
export function batchGetImage(call: Call, input: BatchGetImageRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  const ids = input.imageIds ?? [];
  return {
    images: ids.flatMap((id) => {
      const image = named(call, name, id);
      return image
        ? [
            {
              registryId: call.account,
              repositoryName: name,
              imageId: { ...id, imageDigest: image.digest },
              imageManifest: image.manifest,
              imageManifestMediaType: image.mediaType,
            },
          ]
        : [];
    }),
    failures: ids.filter((id) => !named(call, name, id)).map(failure),
  };
}

/** API_BatchDeleteImage: a tag is taken off, and the last one takes the image with it. */
export function batchDeleteImage(call: Call, input: BatchDeleteImageRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  const deleted: ImageIdentifier[] = [];
  const failures: ImageFailure[] = [];
  for (const id of input.imageIds ?? []) {
    const image = named(call, name, id);
    if (!image) {
      failures.push(failure(id));
      continue;
    }
    const tags = id.imageDigest === undefined ? image.tags.filter((tag) => tag !== id.imageTag) : [];
    const gone = image.tags.filter((tag) => !tags.includes(tag));
    deleted.push(
      ...(gone.length > 0 ? gone : [undefined]).map((imageTag) => ({ imageDigest: image.digest, imageTag })),
    );
    const key = rows.imageKey(name, image.digest);
    if (tags.length === 0) rows.images(call).remove(key);
    else
      rows.images(call).change(key, (row) => {
        row.tags = tags;
      });
  }
  return { imageIds: deleted, failures };
}

/** API_GetAuthorizationToken: valid for twelve hours. */
export function getAuthorizationToken(call: Call): object {
  const token = Buffer.from(`AWS:${text(call.world, 64)}`).toString("base64");
  return {
    authorizationData: [
      {
        authorizationToken: token,
        expiresAt: new Date(call.world.clock.now() + 12 * 3_600_000),
        proxyEndpoint: `https://${call.account}.dkr.ecr.${call.region}.amazonaws.com`,
      },
    ],
  };
}

const PRIVATE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

/**
 * Whether an ECR image reference can be pulled: "found", or what is missing. Undefined when the reference is no private
 * ECR one: then nobody here can know.
 */
export function pullable(call: Where, reference: string): "found" | "noRepository" | "noImage" | undefined {
  const match = PRIVATE.exec(reference);
  if (!match) return undefined;
  const [, account = "", region = "", name = "", tag, digest] = match;
  const there = { world: call.world, account, region };
  if (!rows.repositories(there).get(name)) return "noRepository";
  const id = digest === undefined ? { imageTag: tag ?? "latest" } : { imageDigest: digest };
  return named(there, name, id) ? "found" : "noImage";
}
