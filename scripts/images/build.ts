import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Buildah } from "../buildah.ts";
import { type Bases, publicBases, standInBases } from "./bases.ts";
import { chooseEngine, type Engine } from "./engine.ts";
import { ImagesError } from "./errors.ts";
import { type Inputs, inputsOf } from "./inputs.ts";
import { type ImageIndex, indexOf, type Platform } from "./layout.ts";

export interface BuildOptions {
  readonly root: string;
  /** Folder for images, caches and stand-ins. */
  readonly store: string;
  readonly platforms: readonly Platform[];
  readonly engine?: string | undefined;
  /** Build on stand-ins of the base images: for trying out, where no registry is reachable. */
  readonly standIns: boolean;
  readonly noCache: boolean;
  readonly log: (line: string) => void;
}

/** An agent's image before it is pushed. */
export interface BuiltImage {
  readonly inputs: Inputs;
  readonly index: ImageIndex;
  readonly seconds: number;
}

/** Builds agents' images, each for all platforms; base images and engine are looked for once. */
export class Builder {
  readonly #options: BuildOptions;
  readonly #bases: Bases;
  #engine: Engine | undefined;

  private constructor(options: BuildOptions, bases: Bases) {
    this.#options = options;
    this.#bases = bases;
  }

  /** @throws ImagesError BaseImageUnavailable, NoEngine */
  static async create(options: BuildOptions): Promise<Builder> {
    const { root, platforms, store, log } = options;
    if (!options.standIns) return new Builder(options, await publicBases(root, platforms));
    if (options.engine === "docker")
      throw new ImagesError("NoEngine", "--stand-ins needs buildah: Docker does not see them");
    await chooseEngine("buildah", store);
    return new Builder(
      { ...options, engine: "buildah" },
      await standInBases(root, platforms, store, new Buildah(store), log),
    );
  }

  inputs(agent: string): Promise<Inputs> {
    return inputsOf(this.#options.root, agent, this.#bases.runtime);
  }

  /** @throws ImagesError NoEngine, SourcesChanged; CommandError with what the engine printed last */
  async build(inputs: Inputs): Promise<BuiltImage> {
    const { root, store, noCache, log } = this.#options;
    const { agent, version, revision, contentTag, createdSeconds } = inputs;
    this.#engine ??= await chooseEngine(this.#options.engine, store);
    const started = performance.now();
    log(`${agent}: building ${contentTag} with ${this.#engine.name}`);
    // OCI image specification 1.1, "Pre-Defined Annotation Keys".
    const labels = {
      "org.opencontainers.image.title": agent,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.revision": revision,
      "org.opencontainers.image.created": new Date(createdSeconds * 1000).toISOString().replace(".000Z", "Z"),
      "org.opencontainers.image.source": sourceOf(root),
      "org.opencontainers.image.licenses": "Apache-2.0",
    };
    const target = join(store, "layouts", agent, contentTag);
    const bases = this.#bases;
    const parts = await this.#engine.build({
      root,
      agent,
      contentTag,
      bases,
      labels,
      createdSeconds,
      noCache,
      target,
      log,
    });
    if ((await this.inputs(agent)).contentTag !== contentTag) {
      const text = `the sources of ${agent} changed while it was built: the image would not be what its tag says; run it again`;
      throw new ImagesError("SourcesChanged", text);
    }
    return { inputs, index: indexOf(parts), seconds: (performance.now() - started) / 1000 };
  }
}

/** Where the sources are kept, as the package says: an address that only one clone knows would change the image. */
function sourceOf(root: string): string {
  const { repository = "unknown" } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return typeof repository === "string" ? repository : repository.url;
}
