import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Buildah, buildSecrets, userNpmrc } from "../buildah.ts";
import { renderStage, stagesOf } from "../dockerfile.ts";
import { run, works } from "../run.ts";
import type { Bases } from "./bases.ts";
import { ImagesError } from "./errors.ts";
import { type Layout, type Platform, readLayout } from "./layout.ts";

export interface BuildRequest {
  readonly root: string;
  readonly agent: string;
  readonly contentTag: string;
  readonly bases: Bases;
  readonly labels: Readonly<Record<string, string>>;
  /** Time that everything in the image carries, in seconds since 1970. */
  readonly createdSeconds: number;
  readonly noCache: boolean;
  /** Folder in which each platform's image gets a folder, as an OCI image layout; one that is there is replaced. */
  readonly target: string;
  readonly log: (line: string) => void;
}

/** What builds images. */
export interface Engine {
  readonly name: "docker" | "buildah";
  /** One image for each platform that the request has a base for. @throws CommandError with the end of what it printed */
  build(request: BuildRequest): Promise<readonly Layout[]>;
}

/** Docker's buildx needs a builder of its own kind to write an OCI layout: the daemon's own cannot. */
const BUILDER = "agentorchestrator";

/**
 * Docker where its daemon answers, else buildah; or the one that is asked for.
 * @throws ImagesError NoEngine
 */
export async function chooseEngine(
  wanted: string | undefined,
  store: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Engine> {
  const answers = (program: string, ...args: string[]) => works(program, args, env);
  const docker =
    wanted !== "buildah" && (await answers("docker", "info")) && (await answers("docker", "buildx", "version"));
  if (docker) return new Docker();
  if (wanted !== "docker" && (await answers("buildah", "--version"))) return new BuildahEngine(store);
  const missing = wanted ? `${wanted} does not answer` : "neither Docker with buildx nor buildah answers";
  const remedy =
    "start Docker, or install buildah (Debian and Ubuntu: apt-get install buildah; Fedora: dnf install buildah)";
  throw new ImagesError("NoEngine", `${missing}: ${remedy}`);
}

/**
 * buildah in two steps, the second without its cache: that knows nothing of the time which --timestamp gives, so an image
 * from it would depend on what was built before. Of what platform an image is, its pinned base decides: given --platform,
 * buildah 1.28 takes the builder's stages for that platform too, whatever their FROM says.
 */
class BuildahEngine implements Engine {
  readonly name = "buildah";
  readonly #buildah: Buildah;
  readonly #store: string;

  constructor(store: string) {
    this.#buildah = new Buildah(store);
    this.#store = store;
  }

  async build(request: BuildRequest): Promise<readonly Layout[]> {
    const name = `localhost/agentorchestrator/${request.agent}`;
    const bundle = `${name}-bundle:${request.contentTag}`;
    await this.#bundle(request, bundle);
    const layouts: Layout[] = [];
    for (const [platform, base] of request.bases.runtime) {
      const image = `${name}:${request.contentTag}-${platform.replace("linux/", "")}`;
      await this.#assemble(request, base.name, bundle, image);
      layouts.push(
        await layoutAt(request.target, platform, (folder) =>
          this.#buildah.run(["push", "--quiet", "--format", "oci", image, `oci:${folder}`]),
        ),
      );
    }
    return layouts;
  }

  /** The stage `build`, the same for every platform. */
  async #bundle({ root, agent, bases, noCache, log }: BuildRequest, image: string): Promise<void> {
    const file = join(root, "images/Dockerfile");
    const what = ["--file", file, "--ignorefile", `${file}.dockerignore`, "--target", "build"];
    const args = ["--build-arg", `NODE_IMAGE=${bases.builder}`, "--build-arg", `AGENT=${agent}`];
    const how = ["--layers", ...(noCache ? ["--no-cache"] : []), ...buildSecrets(await userNpmrc())];
    await this.#buildah.run(["build", ...what, ...args, ...how, "--tag", image, root], progressOf(agent, log));
  }

  /** The last stage. */
  async #assemble(request: BuildRequest, base: string, bundle: string, image: string): Promise<void> {
    const { root, agent, labels, createdSeconds, log } = request;
    const last = stagesOf(readFileSync(join(root, "images/Dockerfile"), "utf8")).at(-1);
    if (!last) throw new Error("images/Dockerfile has no stage");
    const folder = mkdtempSync(join(this.#store, "stage-"));
    try {
      const file = join(folder, "Dockerfile");
      writeFileSync(file, renderStage(last, base, { build: bundle }));
      const how = ["--layers=false", "--identity-label=false", "--timestamp", String(createdSeconds)];
      await this.#buildah.run(
        ["build", "--file", file, ...how, ...labelsOf(labels), "--tag", image, folder],
        progressOf(agent, log),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

class Docker implements Engine {
  readonly name = "docker";

  async build(request: BuildRequest): Promise<readonly Layout[]> {
    const { root, agent, bases, labels, createdSeconds, noCache, target, log } = request;
    if (!(await works("docker", ["buildx", "inspect", BUILDER])))
      await run("docker", ["buildx", "create", "--name", BUILDER, "--driver", "docker-container"]);
    // An attestation holds the time of the build: with one, no two builds are the same. The image has a bill of its own.
    const how = ["--provenance=false", "--sbom=false", ...(noCache ? ["--no-cache"] : [])];
    const kind = "type=oci,tar=false,rewrite-timestamp=true,oci-mediatypes=true";
    const secrets = buildSecrets(await userNpmrc());
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(createdSeconds) };
    const layouts: Layout[] = [];
    for (const [platform, base] of bases.runtime) {
      const args = [`NODE_IMAGE=${bases.builder}`, `RUNTIME_IMAGE=${base.name}`, `AGENT=${agent}`];
      const what = ["--file", join(root, "images/Dockerfile"), "--platform", platform];
      const given = [...what, ...args.flatMap((one) => ["--build-arg", one]), ...labelsOf(labels), ...how, ...secrets];
      layouts.push(
        await layoutAt(target, platform, (folder) =>
          run(
            "docker",
            ["buildx", "build", "--builder", BUILDER, ...given, "--output", `${kind},dest=${folder}`, root],
            {
              env,
              progress: progressOf(agent, log),
            },
          ),
        ),
      );
    }
    return layouts;
  }
}

const labelsOf = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);

/** Says every ten seconds what a long build is at. */
const progressOf = (agent: string, log: (line: string) => void) => (seconds: number, last: string) =>
  log(`${agent}: building for ${seconds} s: ${last.slice(0, 120)}`);

/** Has the layout written beside its place and puts it there whole: another build may be at the same image. */
async function layoutAt(
  target: string,
  platform: Platform,
  write: (folder: string) => Promise<unknown>,
): Promise<Layout> {
  const place = join(target, platform.replace("/", "-"));
  const staged = `${place}.${process.pid}`;
  mkdirSync(target, { recursive: true });
  try {
    await write(staged);
    readLayout(staged, platform);
    rmSync(place, { recursive: true, force: true });
    renameSync(staged, place);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
  return readLayout(place, platform);
}
