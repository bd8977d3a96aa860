/**
 * `npm run pack`: the command line as a package of its own in dist/, which needs Node and no other package. Prints the
 * file; `npm install --global FILE` gives agentorch and kubectl-agentorch.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "dist/package");
const { name, version, description, license, type, engines, bin } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

execFileSync(process.execPath, [join(root, "scripts/build.ts"), "agentorch"], { stdio: "inherit" });
rmSync(folder, { recursive: true, force: true });
for (const file of ["bin/agentorch.js", "dist/agentorch.js"]) {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  copyFileSync(join(root, file), join(folder, file));
}
const manifest = { name, version, description, license, type, engines, bin };
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", join(root, "dist")], {
  cwd: folder,
  encoding: "utf8",
});
console.log(join("dist", packed.trim().split("\n").at(-1) ?? ""));
