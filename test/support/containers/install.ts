import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../../../scripts/run.ts";
import { withLock } from "../control-plane/lock.ts";

/** Programs that the tests with containers take, each with the package of Debian that has it. */
const programs = {
  podman: "podman",
  runc: "runc",
  buildah: "buildah",
  "docker-registry": "docker-registry",
  debootstrap: "debootstrap",
} as const;

/**
 * Makes sure that the container engine, the builder and the registry are there: installed from Debian where they are
 * missing and this user may.
 *
 * @throws an error that says what to install
 */
export async function installPrograms(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const missing = missingPrograms(env);
  if (missing.length === 0) return;
  const install = `apt-get install ${missing.map((name) => programs[name]).join(" ")}`;
  if (process.getuid?.() !== 0 || !onPath("apt-get", env))
    throw new Error(`the tests with containers take ${missing.join(", ")}: as root, on Debian or Ubuntu, ${install}`);
  const told = (pid: number) => process.stderr.write(`waiting for process ${pid}, which installs packages\n`);
  await withLock(
    "/tmp/agentorchestrator-apt.lock",
    async () => {
      const still = missingPrograms(env).map((name) => programs[name]);
      if (still.length === 0) return;
      process.stderr.write(`installing ${still.join(", ")} from Debian, once\n`);
      const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
      await run("apt-get", ["-qq", "update"], quiet);
      await run("apt-get", ["-qq", "-y", "--no-install-recommends", "install", ...still], quiet);
    },
    told,
  );
}

function missingPrograms(env: NodeJS.ProcessEnv) {
  return (Object.keys(programs) as (keyof typeof programs)[]).filter((name) => !onPath(name, env));
}

function onPath(program: string, env: NodeJS.ProcessEnv): boolean {
  const folders = [...(env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}
