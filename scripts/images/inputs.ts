import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";
import type { Base } from "./bases.ts";
import { digestOf, type Platform } from "./layout.ts";
import { Lockfile } from "./lockfile.ts";

/** What decides an image's content besides the agent's own files. */
const RECIPE = [
  "images/Dockerfile",
  "images/Dockerfile.dockerignore",
  "images/certificates",
  "scripts/bundle.ts",
  "scripts/images/bundle.ts",
  "scripts/images/lockfile.ts",
  "scripts/images/sbom.ts",
];

export interface Inputs {
  readonly agent: string;
  /** Of package.json. */
  readonly version: string;
  /** Tag that says what the image was made of: `src-` and twelve hexadecimal digits. */
  readonly contentTag: string;
  /** Files and folders, relative to the root. */
  readonly paths: readonly string[];
  /** Commit that last changed one of them; with `-dirty` when they differ from it, `unknown` without git. */
  readonly revision: string;
  /** Time of that commit, in seconds since 1970; 0 without git. The image's files and its configuration carry it. */
  readonly createdSeconds: number;
}

/**
 * Everything that an image of the agent depends on, as one digest: its sources and those of the workspaces that it uses
 * (tests aside), the packages that the lockfile pins for them and for the bundler, the Dockerfile and what runs in it, and
 * the base image of each platform. The image that the bundle is made in is left out: the bundler is pinned.
 */
export async function inputsOf(root: string, agent: string, bases: ReadonlyMap<Platform, Base>): Promise<Inputs> {
  const lockfile = new Lockfile(root);
  const source = `images/${agent}`;
  const closure = lockfile.closure(source);
  const workspaces = closure.filter(({ location }) => !location.includes("node_modules/"));
  const packages = [...closure, ...lockfile.closure("node_modules/esbuild")];
  const paths = [...RECIPE, ...workspaces.map(({ location }) => location)];
  const files = paths.flatMap((path) => filesOf(root, path)).sort();
  const lines = [
    ...files.map((path) => `file ${path} ${digestOf(readFileSync(join(root, path)))}`),
    ...packages.map(({ location, version, integrity }) => `package ${location} ${version} ${integrity ?? ""}`),
    ...[...bases].map(([platform, { digest }]) => `base ${platform} ${digest}`).sort(),
  ];
  const contentTag = `src-${digestOf([...new Set(lines)].join("\n")).slice("sha256:".length, "sha256:".length + 12)}`;
  return { agent, version: lockfile.at(source).version, contentTag, paths, ...(await provenance(root, paths)) };
}

/** The files that the build sees: images/Dockerfile.dockerignore says the same. */
function filesOf(root: string, path: string): readonly string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  const ignored = ["**/node_modules/**", "**/*.test.ts", "src/testing/**", "test/**"];
  return globSync("**", { cwd: join(root, path), exclude: ignored })
    .map((file) => `${path}/${file}`)
    .filter(
      (file) => !/\.test\.ts$|\/node_modules\//.test(file) && !new RegExp(`^${path}/(src/testing|test)/`).test(file),
    )
    .filter((file) => statSync(join(root, file)).isFile());
}

async function provenance(root: string, paths: readonly string[]) {
  const git = (...args: string[]) => run("git", ["-C", root, ...args, "--", ...paths]);
  const last = await git("log", "-1", "--format=%H %ct").catch(() => "");
  const [commit, seconds] = last.trim().split(" ");
  if (!commit) return { revision: "unknown", createdSeconds: 0 };
  const dirty = (await git("status", "--porcelain")) !== "";
  return { revision: dirty ? `${commit}-dirty` : commit, createdSeconds: Number(seconds) };
}
