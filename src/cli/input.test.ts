import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDeclared, UserError } from "./input.ts";

const good = (name: string, more = "") => `
apiVersion: agentorchestrator.io/v1alpha1
kind: AgentOrchestrator
metadata: { name: ${name}${more} }
spec:
  project: demo
  environment: dev
  aws: { region: us-east-1 }
  agents: [{ name: one, port: 8000 }]
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agentorch-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const noInput = async () => "";

test("reads every AgentOrchestrator of a file, and passes over objects of other kinds", async () => {
  const path = await file(
    "two.yaml",
    `${good("a", ", namespace: x")}---\nkind: Secret\napiVersion: v1\n---${good("b")}`,
  );
  const declared = await readDeclared([path], "agents", noInput);
  expect(declared.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(["x/a", "agents/b"]);
  expect(declared[0]?.spec.profile).toBe("Development");
});

test("reads directories, lists and standard input", async () => {
  const path = await file("list.json", JSON.stringify({ kind: "List", items: [] }));
  await file("readme.txt", "no YAML: [");
  const declared = await readDeclared([folder, path, "-"], "agents", async () => good("c"));
  expect(declared.map(({ name }) => name)).toContain("c");
});

test("tells every fault with its file and field", async () => {
  const path = await file("bad.txt", good("d").replace("port: 8000", "port: 0").replace("us-east-1", "nowhere"));
  const error = await readDeclared([path], "agents", noInput).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toContain(`${path}: spec.agents[0].port: `);
  expect((error as Error).message).toContain(`${path}: spec.aws.region: `);
});

test.each([
  ["a file that is not there", "missing.yaml", undefined, "ENOENT"],
  ["bad YAML", "broken.txt", "a: [", "broken.txt: "],
  ["a file without one", "other.txt", "kind: Secret", "no AgentOrchestrator in"],
])("refuses %s", async (_, name, text, message) => {
  const path = text === undefined ? join(folder, name) : await file(name, text);
  await expect(readDeclared([path], "agents", noInput)).rejects.toThrow(message);
});
