import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Buildah, buildSecrets, userNpmrc } from "../buildah.ts";
import { run, works } from "../run.ts";
import { ImagesError } from "./errors.ts";
import { type Layout, type Platform, readLayout } from "./layout.ts";

export interface BuildRequest {
  readonly root: string;
  readonly agent: string;
  readonly contentTag: string;
  readonly platform: Platform;
  /** Arguments of images/Dockerfile. */
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Time that everything in the image carries, in seconds since 1970. */
  readonly createdSeconds: number;
  readonly noCache: boolean;
  /** Folder for the image, as an OCI image layout; what was there is replaced. */
  readonly target: string;
  readonly log: (line: string) => void;
}

/** What builds images. */
export interface Engine {
  readonly name: "docker" | "buildah";
  /** @throws CommandError with the end of what it printed */
  build(request: BuildRequest): Promise<Layout>;
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

const valuesOf = ({ args, labels }: BuildRequest): readonly string[] => [
  ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
  ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
];

/** Says every ten seconds what a long build is at. */
const progressOf =
  ({ agent, platform, log }: BuildRequest) =>
  (seconds: number, last: string) =>
    log(`${agent} ${platform}: building for ${seconds} s: ${last.slice(0, 120)}`);

export class BuildahEngine implements Engine {
  readonly name = "buildah";
  readonly #buildah: Buildah;

  constructor(store: string) {
    this.#buildah = new Buildah(store);
  }

  async build(request: BuildRequest): Promise<Layout> {
    const { root, agent, contentTag, platform, target } = request;
    const tag = `localhost/agentorchestrator/${agent}:${contentTag}-${platform.replace("linux/", "")}`;
    const file = join(root, "images/Dockerfile");
    // Of what platform it is, the pinned base image decides: given --platform, buildah 1.28 takes the builder's
    // stages for that platform too, whatever their FROM says.
    const what = ["--file", file, "--ignorefile", `${file}.dockerignore`, ...valuesOf(request)];
    const how = [
      "--layers",
      "--identity-label=false",
      "--timestamp",
      String(request.createdSeconds),
      ...(request.noCache ? ["--no-cache"] : []),
    ];
    const secrets = buildSecrets(await userNpmrc());
    await this.#buildah.run(["build", ...what, ...how, ...secrets, "--tag", tag, root], progressOf(request));
    return layoutAt(target, platform, (folder) =>
      this.#buildah.run(["push", "--quiet", "--format", "oci", tag, `oci:${folder}`]),
    );
  }
}

export class Docker implements Engine {
  readonly name = "docker";

  async build(request: BuildRequest): Promise<Layout> {
    const { root, platform, target } = request;
    if (!(await works("docker", ["buildx", "inspect", BUILDER])))
      await run("docker", ["buildx", "create", "--name", BUILDER, "--driver", "docker-container"]);
    const what = ["--file", join(root, "images/Dockerfile"), "--platform", platform, ...valuesOf(request)];
    // An attestation holds the time of the build: with one, no two builds are the same. The image has a bill of its own.
    const how = ["--provenance=false", "--sbom=false", ...(request.noCache ? ["--no-cache"] : [])];
    const kind = "type=oci,tar=false,rewrite-timestamp=true,oci-mediatypes=true";
    const secrets = buildSecrets(await userNpmrc());
    const args = ["buildx", "build", "--builder", BUILDER, ...what, ...how, ...secrets];
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(request.createdSeconds) };
    return layoutAt(target, platform, (folder) =>
      run("docker", [...args, "--output", `${kind},dest=${folder}`, root], { env, progress: progressOf(request) }),
    );
  }
}

/** Has the layout written beside its place and puts it there whole: another build may be at the same image. */
async function layoutAt(
  target: string,
  platform: Platform,
  write: (folder: string) => Promise<unknown>,
): Promise<Layout> {
  const staged = `${target}.${process.pid}`;
  mkdirSync(join(target, ".."), { recursive: true });
  try {
    await write(staged);
    readLayout(staged, platform);
    rmSync(target, { recursive: true, force: true });
    renameSync(staged, target);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
  return readLayout(target, platform);
}
