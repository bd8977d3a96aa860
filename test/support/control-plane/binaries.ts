import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { build, type Program } from "./build.ts";
import { withLock } from "./lock.ts";
import { cacheDirectory } from "./versions.ts";

/**
 * Path of an executable `program`: from $KUBEBUILDER_ASSETS, then the cache, for kubectl then PATH, and else built into the
 * cache, which takes minutes and tells `log` how far it is. Two processes that need the same one build it once.
 */
export async function findOrBuild(program: Program, log: (line: string) => void): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== "") {
    const given = join(assets, program);
    if (await isExecutable(given)) return given;
  }
  const cached = join(cacheDirectory(), program);
  if (await isExecutable(cached)) return cached;
  if (program === "kubectl") {
    const installed = await onPath(program);
    if (installed !== undefined) return installed;
  }
  await withLock(
    `${cached}.lock`,
    async () => {
      if (!(await isExecutable(cached))) await build(program, cached, log);
    },
    (pid) => log(`waiting for process ${pid}, which builds ${program}`),
  );
  return cached;
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && (await isExecutable(join(folder, program)))) return join(folder, program);
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
