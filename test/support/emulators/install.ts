import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withLock } from "../control-plane/lock.ts";
import { folderOf, type PythonProgram } from "./registry.ts";

const run = promisify(execFile);

/** Written last into an environment that is whole. */
const COMPLETE = "complete";

/**
 * Path of the emulator's program, installed from PyPI into a virtual environment of its own when it is not there yet.
 * Once a machine and version; a second process waits for the first.
 *
 * @param env names the Python in AGENTORCH_PYTHON (default python3) and the cache's base in XDG_CACHE_HOME
 * @throws when there is no Python 3.10 or newer with venv, or pip fails: the message says what to do
 */
export async function installed(emulator: PythonProgram, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = folderOf(emulator, env.XDG_CACHE_HOME || join(homedir(), ".cache"));
  const program = join(folder, "bin", emulator.program);
  if (existsSync(join(folder, COMPLETE))) return program;
  const python = await findPython(emulator, env);
  const told = (pid: number) => process.stderr.write(`waiting for process ${pid}, which installs ${emulator.name}\n`);
  await withLock(`${folder}.lock`, () => install(emulator, python, folder), told);
  return program;
}

async function findPython(emulator: PythonProgram, env: NodeJS.ProcessEnv): Promise<string> {
  const python = env.AGENTORCH_PYTHON || "python3";
  const wanted = `${emulator.name} needs Python 3.10 or newer with the module venv`;
  const remedy = "install it (Debian: apt-get install python3-venv) or name another one in AGENTORCH_PYTHON";
  const check = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
  const version = await run(python, ["-c", check], { env }).then(
    ({ stdout }) => stdout.trim(),
    (error: NodeJS.ErrnoException) => {
      throw new Error(`${wanted}, and ${python} ${error.code === "ENOENT" ? "is not there" : "has none"}: ${remedy}`);
    },
  );
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 10)) throw new Error(`${wanted}, and ${python} is ${version}: ${remedy}`);
  return python;
}

async function install(emulator: PythonProgram, python: string, folder: string): Promise<void> {
  if (existsSync(join(folder, COMPLETE))) return;
  process.stderr.write(`installing ${emulator.name} ${emulator.version} from PyPI, once\n`);
  await rm(folder, { recursive: true, force: true });
  await run(python, ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
  await run(join(folder, "bin", "python"), [...pip, fileURLToPath(emulator.requirements)]).catch((error: Error) => {
    throw new Error(`pip could not install ${emulator.name} ${emulator.version}: ${error.message}`);
  });
  await writeFile(join(folder, COMPLETE), "");
}
