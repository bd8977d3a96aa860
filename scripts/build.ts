import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What is bundled: each becomes one file in dist/ that needs Node and nothing else. */
const programs = {
  /** The operator, for its image. */
  operator: "src/main.ts",
  /** The command line, for the package. */
  agentorch: "src/cli/agentorch.ts",
} as const;

/** `node scripts/build.ts [program…]` builds all, or those that are named. */
const wanted = process.argv.slice(2);
for (const name of wanted)
  if (!(name in programs)) throw new Error(`${name} is none of ${Object.keys(programs).join(", ")}`);
const entryPoints = Object.fromEntries(
  Object.entries(programs).filter(([name]) => wanted.length === 0 || wanted.includes(name)),
);
if (wanted.length === 0) await rm(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: "dist",
  ...bundleOptions,
});
for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
  console.log(`${file}  ${(bytes / 1024 / 1024).toFixed(1)} MiB`);
}
