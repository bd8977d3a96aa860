import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Buildah } from "./buildah.ts";
import { type Arch, bootstrap, unpackPackages } from "./debian.ts";
import { run } from "./run.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** This machine's, as OCI names it. */
export const hostArch: Arch = process.arch === "arm64" ? "arm64" : "amd64";

/** Node's libraries, and what distroless has besides: certificates, time zones, names of protocols. */
const RUNTIME_PACKAGES = ["libc6", "libgcc-s1", "libstdc++6", "ca-certificates", "tzdata", "netbase"];

/**
 * Makes what a base image has that our Dockerfiles need, and names it `as` in buildah's store: `node:…` as Debian with Node
 * and npm (this machine's architecture only), `distroless/nodejs…` as Node, its libraries, certificates and a user that is
 * not root, for any architecture and without emulation. Such an image is for trying out, not for shipping: it lacks
 * Debian's package metadata that scanners read.
 *
 * @throws when no stand-in is known; CommandError when a program that it takes is missing
 */
export async function makeStandIn(
  image: string,
  arch: Arch,
  as: string,
  folder: string,
  buildah: Buildah,
  log: (line: string) => void,
): Promise<void> {
  const files = join(folder, `files-${process.pid}`);
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  const container = `stand-in-${process.pid}`;
  try {
    if (/\/node:/.test(image)) {
      const debian = join(folder, "debian");
      await bootstrap(debian, (seconds) => log(`fetching Debian's smallest system: ${seconds} s`));
      await run("cp", ["-a", `${debian}/.`, files]);
      await layNode(arch, folder, join(files, "usr/local"));
      await layNpm(join(files, "usr/local"));
    } else if (/\/distroless\/nodejs/.test(image)) {
      await unpackPackages(arch, RUNTIME_PACKAGES, folder, files);
      await layNode(arch, folder, join(files, "nodejs"));
      laySystemFiles(files);
    } else {
      throw new Error(`no stand-in is known for ${image}`);
    }
    await buildah.run(["from", "--arch", arch, "--name", container, "scratch"]);
    await buildah.run(["copy", "--quiet", container, files, "/"]);
    await buildah.run(["config", "--arch", arch, "--os", "linux", container]);
    await buildah.run(["commit", "--quiet", "--rm", "--timestamp", "0", container, as]);
  } finally {
    rmSync(files, { recursive: true, force: true });
  }
}

/** Node of the version that the project is developed with: from node_modules, or for another architecture from npm. */
async function layNode(arch: Arch, folder: string, prefix: string): Promise<void> {
  const program = arch === hostArch ? join(root, "node_modules/node/bin/node") : await foreignNode(arch, folder);
  mkdirSync(join(prefix, "bin"), { recursive: true });
  cpSync(program, join(prefix, "bin/node"));
  chmodSync(join(prefix, "bin/node"), 0o755);
}

/** npm's package `node` is one package for each architecture behind it. */
async function foreignNode(arch: Arch, folder: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/node/package.json"), "utf8"));
  const target = join(folder, `node-${version}-${arch}`);
  const program = join(target, "package/bin/node");
  if (existsSync(program)) return program;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const name = `node-linux-${arch === "amd64" ? "x64" : arch}@${version}`;
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", target, name], { cwd: target });
  const [archive = ""] = readdirSync(target);
  await run("tar", ["-xzf", archive, "package/bin/node"], { cwd: target });
  rmSync(join(target, archive));
  return program;
}

async function layNpm(prefix: string): Promise<void> {
  const found = (await run("sh", ["-c", "command -v npm"])).trim();
  // …/npm/bin/npm-cli.js
  const npm = dirname(dirname(realpathSync(found)));
  cpSync(npm, join(prefix, "lib/node_modules/npm"), { recursive: true, dereference: true });
  writeFileSync(join(prefix, "bin/npm"), '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n');
  chmodSync(join(prefix, "bin/npm"), 0o755);
}

/** What packages' scripts would have made, and distroless' user `nonroot`. */
function laySystemFiles(files: string): void {
  const certificates = globSync("usr/share/ca-certificates/mozilla/*.crt", { cwd: files }).sort();
  mkdirSync(join(files, "etc/ssl/certs"), { recursive: true });
  const bundle = certificates.map((path) => readFileSync(join(files, path), "utf8").trimEnd()).join("\n");
  writeFileSync(join(files, "etc/ssl/certs/ca-certificates.crt"), `${bundle}\n`);
  rmSync(join(files, "usr/sbin"), { recursive: true, force: true });
  rmSync(join(files, "usr/share/doc"), { recursive: true, force: true });
  writeFileSync(
    join(files, "etc/passwd"),
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  );
  writeFileSync(join(files, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  writeFileSync(join(files, "etc/nsswitch.conf"), "hosts: files dns\n");
  mkdirSync(join(files, "tmp"), { recursive: true });
  chmodSync(join(files, "tmp"), 0o1777);
}
