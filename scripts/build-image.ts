import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stagesOf } from "./dockerfile.ts";
import { makeStandIn } from "./image-stand-ins.ts";

const usage = `Usage: node scripts/build-image.ts [--tag NAME] [--store FOLDER]
Builds the operator's image from the Dockerfile with buildah, without a daemon. Base images that no registry hands out
are made from Debian's packages and the Node of node_modules, under the names that the Dockerfile asks for; such an image
is for trying out, not for shipping.`;

const { values } = parseArgs({
  options: {
    tag: { type: "string", default: "agentorchestrator:dev" },
    store: {
      type: "string",
      default: join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "agentorchestrator/images"),
    },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const buildah = (args: readonly string[], options: { quiet?: boolean } = {}): boolean => {
  const { status, error } = spawnSync(
    "buildah",
    ["--storage-driver", "vfs", "--root", join(values.store, "store"), "--runroot", join(values.store, "run"), ...args],
    {
      cwd: root,
      stdio: options.quiet ? "ignore" : ["ignore", "inherit", "inherit"],
      env: { ...process.env, BUILDAH_ISOLATION: "chroot" },
    },
  );
  if (error) throw new Error(`buildah cannot be run: ${error.message}`);
  return status === 0;
};

for (const { base } of stagesOf(readFileSync(join(root, "Dockerfile"), "utf8"))) {
  const known = base.includes(".") ? base : `docker.io/library/${base}`;
  if (buildah(["inspect", "--type", "image", known], { quiet: true })) continue;
  console.log(`looking for ${known}`);
  if (buildah(["pull", "--retry", "0", known], { quiet: true })) continue;
  console.log(`no registry hands out ${known}: making a stand-in`);
  makeStandIn(known, values.store, buildah);
}

const userconfig = execFileSync("npm", ["config", "get", "userconfig"], { encoding: "utf8" }).trim();
const certificates = process.env.NODE_EXTRA_CA_CERTS ?? "/etc/ssl/certs/ca-certificates.crt";
const built = buildah([
  "build",
  "--pull-never",
  "--layers",
  // The same sources give the same image.
  "--timestamp",
  "0",
  ...(existsSync(userconfig) ? ["--secret", `id=npmrc,src=${userconfig}`] : []),
  ...(existsSync(certificates)
    ? ["--volume", `${certificates}:/run/ca.crt:ro`, "--build-arg", "NODE_EXTRA_CA_CERTS=/run/ca.crt"]
    : []),
  "--tag",
  values.tag,
  ".",
]);
if (!built) process.exit(1);
buildah(["images", values.tag]);
