import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Buildah } from "../buildah.ts";
import { fullName, stagesOf } from "../dockerfile.ts";
import { hostArch, makeStandIn } from "../stand-ins.ts";
import { ImagesError } from "./errors.ts";
import type { Descriptor, Platform } from "./layout.ts";
import { Registry } from "./registry.ts";

/** A base image of one platform, pinned. */
export interface Base {
  /** Name for FROM. */
  readonly name: string;
  readonly digest: string;
}

export interface Bases {
  /** In which the bundle is made, for this machine's architecture. */
  readonly builder: string;
  readonly runtime: ReadonlyMap<Platform, Base>;
}

/** Names that the Dockerfile asks for. */
function named(root: string): { builder: string; runtime: string } {
  const stages = stagesOf(readFileSync(join(root, "images/Dockerfile"), "utf8"));
  return { builder: fullName(stages[0]?.base ?? ""), runtime: fullName(stages.at(-1)?.base ?? "") };
}

/**
 * The base images as their registries have them now, by digest: what is hashed is what is built on.
 * @throws ImagesError BaseImageUnavailable
 */
export async function publicBases(root: string, platforms: readonly Platform[]): Promise<Bases> {
  const { builder, runtime } = named(root);
  const [, host = "", repository = "", tag = "latest", pinned] =
    /^([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(runtime) ?? [];
  const registry = new Registry(host);
  try {
    const found = await registry.manifest(repository, pinned ?? tag);
    if (!found) throw new ImagesError("RepositoryMissing", `${runtime} does not exist`);
    const { manifests = [] }: { manifests?: readonly Descriptor[] } = JSON.parse(found.bytes.toString());
    const bases = platforms.map((platform) => {
      const of = (one: Descriptor) => `${one.platform?.os}/${one.platform?.architecture}` === platform;
      const digest = manifests.find(of)?.digest;
      if (!digest) throw new ImagesError("BaseImageUnavailable", `${runtime} has no image for ${platform}`);
      return [platform, { name: `${host}/${repository}@${digest}`, digest }] as const;
    });
    return { builder, runtime: new Map(bases) };
  } catch (error) {
    const { message } = error as Error;
    const remedy = "let this machine reach the registry, or try out with stand-ins of it: --stand-ins";
    throw new ImagesError("BaseImageUnavailable", `${runtime}: ${message}; ${remedy}`, { cause: error });
  } finally {
    await registry.close();
  }
}

/** Stand-ins of the base images in buildah's store, made where they are missing. */
export async function standInBases(
  root: string,
  platforms: readonly Platform[],
  store: string,
  buildah: Buildah,
  log: (line: string) => void,
): Promise<Bases> {
  const { builder, runtime } = named(root);
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/node/package.json"), "utf8"));
  const made = async (image: string, arch: "amd64" | "arm64"): Promise<Base> => {
    const [, name = "", tag = ""] = /([^/:]+):([^/]+)$/.exec(image) ?? [];
    const as = `localhost/stand-in/${name}:${tag}-${version}-${arch}`;
    if (!(await buildah.imageId(as))) {
      log(`making a stand-in of ${image} for ${arch}`);
      await makeStandIn(image, arch, as, store, buildah, log);
    }
    const id = await buildah.imageId(as);
    if (!id) throw new Error(`${as} was made and is not in the store`);
    return { name: as, digest: id.startsWith("sha256:") ? id : `sha256:${id}` };
  };
  const pinned: [Platform, Base][] = [];
  for (const platform of platforms)
    pinned.push([platform, await made(runtime, platform === "linux/arm64" ? "arm64" : "amd64")]);
  return { builder: (await made(builder, hostArch)).name, runtime: new Map(pinned) };
}
