import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

/** OCI image specification 1.1, "OCI Content Descriptors". */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** `linux/amd64` or `linux/arm64`. */
export type Platform = `linux/${"amd64" | "arm64"}`;

/** One image in a folder of the form "OCI Image Layout". */
export interface Layout {
  readonly folder: string;
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** What is pushed under a tag: the images of all architectures. */
export interface ImageIndex {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly parts: readonly Layout[];
}

export const digestOf = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

export const blobFile = (folder: string, digest: string): string =>
  join(folder, "blobs", ...(digest.split(":") as [string, string]));

/**
 * Reads the layout that a builder wrote.
 * @throws when it holds other than one image, or one of another platform than was asked for
 */
export function readLayout(folder: string, platform: Platform): Layout {
  const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));
  const { manifests }: { manifests: readonly Descriptor[] } = json(join(folder, "index.json"));
  const [only, ...others] = manifests;
  if (!only || others.length > 0) throw new Error(`${folder} holds ${manifests.length} images instead of one`);
  const { config, layers }: { config: Descriptor; layers: readonly Descriptor[] } = json(blobFile(folder, only.digest));
  const { os, architecture } = json(blobFile(folder, config.digest));
  if (`${os}/${architecture}` !== platform) throw new Error(`${folder} is for ${os}/${architecture}, not ${platform}`);
  const { mediaType, digest, size } = only;
  return { folder, platform, manifest: { mediaType, digest, size }, config, layers };
}

/** The index over images, always the same bytes for the same images ("OCI Image Index Specification"). */
export function indexOf(parts: readonly Layout[]): ImageIndex {
  const manifests = parts.map(({ manifest, platform }) => {
    const [os = "", architecture = ""] = platform.split("/");
    return { ...manifest, platform: { architecture, os } };
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }));
  return { digest: digestOf(bytes), bytes, parts };
}

/** What a node downloads that has none of it, in bytes. */
export const compressedBytes = ({ config, layers }: Pick<Layout, "config" | "layers">): number =>
  layers.reduce((sum, { size }) => sum + size, config.size);
