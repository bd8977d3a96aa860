/**
 * `node scripts/images/bundle.ts AGENT FOLDER`: what the image of an agent holds in /app, made in the image's build stage:
 * agent.js, one file that needs Node and nothing else; sbom.cdx.json, what is in it; licenses.txt, under which terms; and
 * what is in images/certificates.
 */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import { bundleOptions } from "../bundle.ts";
import { type LockedPackage, Lockfile } from "./lockfile.ts";
import { sbomOf } from "./sbom.ts";

/** images/<agent>/esbuild.json, where an agent needs one. */
const overrides = z.strictObject({
  /** Optional packages that the agent never loads. */
  external: z.array(z.string()).default([]),
  alias: z.record(z.string(), z.string()).default({}),
  define: z.record(z.string(), z.string()).default({}),
});

/** CommonJS packages ask for require, and for the file and folder that they are in. */
const banner = [
  'import{createRequire as __createRequire}from"node:module";',
  'import{fileURLToPath as __fileURLToPath}from"node:url";',
  "const require=__createRequire(import.meta.url),__bundleFile=__fileURLToPath(import.meta.url),",
  '__bundleFolder=__fileURLToPath(new URL(".",import.meta.url));',
].join("");

export interface Bundle {
  /** Packages of which something is in agent.js. */
  readonly packages: readonly LockedPackage[];
  readonly bytes: number;
}

/**
 * Bundles images/<agent>/src/main.ts.
 * @param root of the repository, with its dependencies installed
 * @throws when the agent has no main, or esbuild cannot bundle it
 */
export async function bundleAgent(root: string, agent: string, folder: string): Promise<Bundle> {
  const source = `images/${agent}`;
  const entry = `${source}/src/main.ts`;
  if (!existsSync(join(root, entry)))
    throw new Error(`${entry} does not exist: ${agent} is no agent, or has no main yet`);
  const file = join(root, source, "esbuild.json");
  const { external, alias, define } = overrides.parse(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  const { metafile } = await build({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, "agent.js"),
    external,
    alias,
    define: { __dirname: "__bundleFolder", __filename: "__bundleFile", ...define },
    banner: { js: banner },
  });
  const lockfile = new Lockfile(root);
  const [output] = Object.values(metafile.outputs);
  const kept = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const locations = new Set(kept.map(([path]) => lockfile.locationOf(path)).filter((one) => one !== undefined));
  const packages = [...locations].sort().map((location) => lockfile.at(location));
  const libraries = packages.filter(({ location }) => location !== source);
  mkdirSync(folder, { recursive: true });
  const sbom = sbomOf(lockfile.at(source), libraries);
  writeFileSync(join(folder, "sbom.cdx.json"), `${JSON.stringify(sbom, undefined, 2)}\n`);
  writeFileSync(join(folder, "licenses.txt"), licensesOf(root, libraries));
  for (const name of globSync("*.pem", { cwd: join(root, "images/certificates") }))
    cpSync(join(root, "images/certificates", name), join(folder, "certificates", name));
  return { packages, bytes: output?.bytes ?? 0 };
}

/** The licences of what is bundled, as most of them ask to be passed on. */
function licensesOf(root: string, packages: readonly LockedPackage[]): string {
  const parts = packages.map(({ location, name, version, license = "not stated" }) => {
    const files = globSync("{LICEN[CS]E,NOTICE,COPYING,licen[cs]e}*", { cwd: join(root, location) })
      .filter((path) => !/\.[jt]s$/.test(path))
      .sort();
    const texts = files.map((path) => readFileSync(join(root, location, path), "utf8").trim());
    return [`${name} ${version}: ${license}`, ...texts].join("\n\n");
  });
  return `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [agent, folder] = process.argv.slice(2);
  if (!agent || !folder) throw new Error("Usage: node scripts/images/bundle.ts AGENT FOLDER");
  const { packages, bytes } = await bundleAgent(fileURLToPath(new URL("../..", import.meta.url)), agent, folder);
  console.log(`${agent}: ${(bytes / 1024 / 1024).toFixed(1)} MiB of ${packages.length} packages`);
}
