import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

type Buildah = (args: readonly string[]) => boolean;

const NODE = fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));

/**
 * Makes what a base image has that the Dockerfile needs, and names it so in buildah's store: `node:…` as Debian with Node
 * and npm, `distroless/nodejs…` as Node, the libraries that it links, certificates and a user that is not root.
 * @throws when debootstrap is missing or no stand-in is known.
 */
export function makeStandIn(image: string, folder: string, buildah: Buildah): void {
  const debian = debianIn(folder);
  const files = join(folder, "files");
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  if (/\/node:/.test(image)) {
    cpSync(debian, files, { recursive: true, verbatimSymlinks: true });
    layNode(join(files, "usr/local"));
    layNpm(join(files, "usr/local"));
  } else if (/\/distroless\/nodejs/.test(image)) {
    layNode(join(files, "nodejs"));
    layLibraries(debian, files);
    laySystemFiles(debian, files);
  } else {
    throw new Error(`no stand-in is known for ${image}`);
  }
  const container = `stand-in-${process.pid}`;
  const done =
    buildah(["from", "--name", container, "scratch"]) &&
    buildah(["copy", "--quiet", container, files, "/"]) &&
    buildah(["commit", "--quiet", "--rm", "--timestamp", "0", container, image]);
  rmSync(files, { recursive: true, force: true });
  if (!done) throw new Error(`buildah could not make ${image}`);
}

/** Debian's smallest system, fetched once. */
function debianIn(folder: string): string {
  const target = join(folder, "debian");
  if (existsSync(join(target, "usr/bin/perl"))) return target;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packages = "--include=ca-certificates,libstdc++6";
  execFileSync("debootstrap", ["--variant=minbase", packages, "bookworm", target, ...mirror()], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return target;
}

/** The mirror that this machine's apt uses, where it says one. */
function mirror(): readonly string[] {
  for (const file of ["/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"]) {
    if (!existsSync(file)) continue;
    const found = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\S+)/m.exec(readFileSync(file, "utf8"))?.[1];
    if (found) return [found];
  }
  return [];
}

function layNode(prefix: string): void {
  mkdirSync(join(prefix, "bin"), { recursive: true });
  cpSync(NODE, join(prefix, "bin/node"));
  chmodSync(join(prefix, "bin/node"), 0o755);
}

function layNpm(prefix: string): void {
  const found = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  // …/npm/bin/npm-cli.js
  const npm = dirname(dirname(realpathSync(found)));
  cpSync(npm, join(prefix, "lib/node_modules/npm"), { recursive: true, dereference: true });
  writeFileSync(join(prefix, "bin/npm"), '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n');
  chmodSync(join(prefix, "bin/npm"), 0o755);
}

/** The loader and the libraries that Node links, from Debian and at their places there. */
function layLibraries(debian: string, files: string): void {
  const linked = execFileSync("ldd", [NODE], { encoding: "utf8" });
  const names = [...linked.matchAll(/^\s*(?:(\S+) => \S+|(\/\S*ld-linux\S*))/gm)].map(
    ([, name, loader]) => name ?? loader,
  );
  for (const name of names) {
    if (!name || name.startsWith("linux-vdso")) continue;
    const base = name.split("/").at(-1) ?? name;
    const found = execFileSync("find", ["-L", join(debian, "usr/lib"), "-name", base, "-not", "-path", "*/gconv/*"], {
      encoding: "utf8",
    }).split("\n")[0];
    if (!found) throw new Error(`Debian has no ${base}`);
    const place = name.startsWith("/") ? name : found.slice(debian.length).replace(/^\/usr/, "");
    mkdirSync(join(files, dirname(place)), { recursive: true });
    cpSync(realpathSync(found), join(files, place));
  }
}

function laySystemFiles(debian: string, files: string): void {
  mkdirSync(join(files, "etc/ssl/certs"), { recursive: true });
  cpSync(join(debian, "etc/ssl/certs/ca-certificates.crt"), join(files, "etc/ssl/certs/ca-certificates.crt"));
  writeFileSync(
    join(files, "etc/passwd"),
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  );
  writeFileSync(join(files, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  writeFileSync(join(files, "etc/nsswitch.conf"), "hosts: files dns\n");
  mkdirSync(join(files, "tmp"), { recursive: true });
  chmodSync(join(files, "tmp"), 0o1777);
}
