import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

/** Architecture as Debian, OCI and Docker name it. */
export type Arch = "amd64" | "arm64";

/**
 * Unpacks packages of Debian for an architecture into `target`, without installing them: no script of theirs runs, and apt
 * works on lists of its own below `folder`, so the machine's stay as they are.
 * @throws CommandError when apt-get or dpkg-deb is missing, or a package cannot be fetched
 */
export async function unpackPackages(arch: Arch, packages: readonly string[], folder: string, target: string) {
  const own = join(folder, `apt-${arch}`);
  const downloads = join(own, "packages");
  for (const path of ["state/lists/partial", "cache/archives/partial", "packages"])
    mkdirSync(join(own, path), { recursive: true });
  const status = join(own, "status");
  if (!existsSync(status)) writeFileSync(status, "");
  const options = [
    `Dir::State=${join(own, "state")}`,
    `Dir::State::status=${status}`,
    `Dir::Cache=${join(own, "cache")}`,
    `APT::Architecture=${arch}`,
    `APT::Architectures::=${arch}`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  await run("apt-get", [...options, "-qq", "update"]);
  rmSync(downloads, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  await run("apt-get", [...options, "-qq", "download", ...packages], { cwd: downloads });
  for (const file of readdirSync(downloads).sort()) await run("dpkg-deb", ["-x", join(downloads, file), target]);
}

/**
 * Debian's smallest system for this machine's architecture, fetched once into `target`.
 * @throws CommandError when debootstrap is missing or fails
 */
export async function bootstrap(target: string, progress?: (seconds: number, last: string) => void): Promise<void> {
  if (existsSync(join(target, "usr/bin/perl")) && existsSync(join(target, "complete"))) return;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, ".."), { recursive: true });
  const packages = "--include=ca-certificates,libstdc++6";
  const args = ["--variant=minbase", packages, "bookworm", target, ...mirror()];
  await run("debootstrap", args, progress ? { progress } : {});
  writeFileSync(join(target, "complete"), "");
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
