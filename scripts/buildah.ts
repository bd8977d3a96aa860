import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./run.ts";

/** Where images and what stand-ins are made of are kept: outside the tree. */
export const defaultStore = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "agentorchestrator/images");

/** buildah on a store of its own, without a daemon, a container runtime, or the user's configuration of them. */
export class Buildah {
  readonly #global: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  /** @param store folder; STORAGE_DRIVER decides how layers are kept there, else buildah does */
  constructor(store: string, env: NodeJS.ProcessEnv = process.env) {
    this.#global = ["--root", join(store, "store"), "--runroot", join(store, "run")];
    this.#env = { ...env, BUILDAH_ISOLATION: "chroot" };
  }

  /** @throws CommandError */
  run(args: readonly string[], progress?: (seconds: number, lastLine: string) => void): Promise<string> {
    return run("buildah", [...this.#global, ...args], { env: this.#env, ...(progress && { progress }) });
  }

  /** The id of an image in the store, which is the digest of its configuration; undefined when it is not there. */
  async imageId(name: string): Promise<string | undefined> {
    const listed = await this.run(["images", "--quiet", "--no-trunc", "--filter", `reference=${name}`]);
    return listed.trim().split("\n")[0] || undefined;
  }
}

/**
 * What lets npm through where this machine has a registry's credentials or a proxy's certificate: mounted while the one
 * instruction runs, so neither becomes part of an image.
 */
export function buildSecrets(npmrc: string, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const certificates = env.NODE_EXTRA_CA_CERTS ?? "";
  return [
    ...(existsSync(npmrc) ? ["--secret", `id=npmrc,src=${npmrc}`] : []),
    ...(existsSync(certificates) ? ["--secret", `id=ca,src=${certificates}`] : []),
  ];
}

/** npm's configuration of this user, which names registry and credentials. */
export async function userNpmrc(): Promise<string> {
  return (await run("npm", ["config", "get", "userconfig"])).trim();
}
