import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dev = join(root, "examples/dev.yaml");
const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ran(file: string, args: readonly string[], cwd: string, env = process.env): Promise<Ended> {
  try {
    return { code: 0, ...(await exec(file, [...args], { cwd, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agentorch-package-"));
  const packed = (await exec("npm", ["run", "--silent", "pack"], { cwd: root })).stdout.trim().split("\n").at(-1) ?? "";
  await exec("npm", ["install", "--offline", "--no-audit", "--no-fund", "--prefix", folder, join(root, packed)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the packed command line brings no other package and needs no registry", async () => {
  expect((await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."))).toEqual([
    "agentorchestrator",
  ]);
});

test.each(["agentorch", "kubectl-agentorch"])("%s of the package plans as the checkout does", async (name) => {
  const args = ["plan", "--offline", "-f", dev];
  const installed = await ran(join(folder, "node_modules/.bin", name), args, folder);
  const checkout = await ran(process.execPath, [join(root, "bin/agentorch.js"), ...args], folder);
  expect(installed.stderr).toBe("");
  expect(installed).toEqual(checkout);
  expect(installed.code).toBe(2);
  expect(installed.stdout).toContain("AWS::EC2::VPC");
});

test("npm exec agentorch runs the checkout's", async () => {
  const { code, stdout } = await ran("npm", ["exec", "agentorch", "cost", "--", "-f", dev], root);
  expect(code).toBe(0);
  expect(stdout).toContain("Estimated cost: $");
});

test("without credentials it says how to go on, and nothing of the environment", async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE, ...env } = process.env;
  const bare = { ...env, HOME: folder, AWS_EC2_METADATA_DISABLED: "true", KUBECONFIG: join(folder, "none") };
  const { code, stderr } = await ran(join(folder, "node_modules/.bin/agentorch"), ["plan", "-f", dev], folder, bare);
  expect(code).toBe(1);
  expect(stderr).toMatch(/credentials.*use --offline/i);
  expect(stderr).not.toMatch(/\n\s+at /);
});
