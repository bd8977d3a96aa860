import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The AWS CLI pins its botocore; boto3 of the same botocore goes with it: https://pypi.org/project/awscli/. */
const PACKAGES = ["awscli==1.45.11", "boto3==1.43.11"];

export interface PythonClients {
  /** A Python that has boto3. */
  readonly python: string;
  /** The AWS CLI. */
  readonly aws: string;
}

/**
 * boto3 and the AWS CLI from PyPI, in a virtual environment that is made once and kept outside the tree.
 * @throws an Error that says what to install when there is no python3 with venv, or what pip said
 */
export async function pythonClients(): Promise<PythonClients> {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(base, "agentorchestrator", "python", PACKAGES.join("-").replaceAll("==", "-"));
  const bin = join(folder, "bin");
  if (!existsSync(join(bin, "complete"))) await install(folder);
  return { python: join(bin, "python"), aws: join(bin, "aws") };
}

async function install(folder: string): Promise<void> {
  await run("python3", ["-c", "import ensurepip, venv"]).catch(() => {
    throw new Error("this test needs python3 with venv on the PATH (Debian: apt-get install python3-venv)");
  });
  await mkdir(dirname(folder), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await run("python3", ["-m", "venv", folder]);
  const python = join(folder, "bin", "python");
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES]).catch(
    (error: Error) => {
      throw new Error(`pip could not install ${PACKAGES.join(" and ")} from PyPI: ${error.message}`);
    },
  );
  // Made last: an environment that was left half made is made again.
  await writeFile(join(folder, "bin", "complete"), "");
}
