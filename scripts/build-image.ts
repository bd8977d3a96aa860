import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Buildah, buildSecrets, defaultStore, userNpmrc } from "./buildah.ts";
import { fullName, stagesOf } from "./dockerfile.ts";
import { hostArch, makeStandIn } from "./stand-ins.ts";

const usage = `Usage: node scripts/build-image.ts [--tag NAME] [--store FOLDER]
Builds the operator's image from the Dockerfile with buildah, without a daemon. Base images that no registry hands out
are made from Debian's packages and the Node of node_modules, under the names that the Dockerfile asks for; such an image
is for trying out, not for shipping. The agents' images are built by: npm run images -- build`;

const { values } = parseArgs({
  options: {
    tag: { type: "string", default: "agentorchestrator:dev" },
    store: { type: "string", default: defaultStore() },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const buildah = new Buildah(values.store);

for (const { base } of stagesOf(readFileSync(join(root, "Dockerfile"), "utf8"))) {
  const known = fullName(base);
  if (await buildah.imageId(known)) continue;
  console.log(`looking for ${known}`);
  const pulled = await buildah.run(["pull", "--retry", "0", known]).then(
    () => true,
    () => false,
  );
  if (pulled) continue;
  console.log(`no registry hands out ${known}: making a stand-in`);
  await makeStandIn(known, hostArch, known, values.store, buildah, console.log);
}

// The same sources give the same image.
const reproducible = ["--layers", "--timestamp", "0"];
const npm = buildSecrets(await userNpmrc());
await buildah.run(["build", "--pull-never", ...reproducible, ...npm, "--tag", values.tag, root], (seconds, last) =>
  console.log(`building: ${seconds} s, ${last}`),
);
console.log((await buildah.run(["images", values.tag])).trimEnd());
