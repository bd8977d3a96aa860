import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const workspace = fileURLToPath(new URL("../..", import.meta.url));
const programs = fileURLToPath(new URL("../../../../node_modules/.bin", import.meta.url));

const filesIn = (folder: string) =>
  Object.fromEntries(
    globSync("**/*.ts", { cwd: folder })
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );

it("holds what npm run generate makes of proto/ today", async () => {
  const folder = await mkdtemp(join(tmpdir(), "proto-"));
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  try {
    await run("buf", ["lint"], { cwd: workspace, env });
    await run("buf", ["generate", "--output", folder], { cwd: workspace, env });
    const made = filesIn(join(folder, "src/grpc/gen"));
    expect(Object.keys(made)).toContain("agentorchestrator/langgraph/v1/workflows_pb.ts");
    expect(filesIn(join(workspace, "src/grpc/gen"))).toEqual(made);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
