import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Base } from "../../../scripts/images/bases.ts";
import { type Inputs, inputsOf } from "../../../scripts/images/inputs.ts";
import type { Platform } from "../../../scripts/images/layout.ts";

const here = fileURLToPath(new URL("../../..", import.meta.url));
const recipe = ["images/Dockerfile", "images/Dockerfile.dockerignore", "images/certificates", "scripts/bundle.ts"];
const bases = (digest: string): ReadonlyMap<Platform, Base> =>
  new Map([["linux/amd64", { name: "base", digest: `sha256:${digest}` }]]);
let root: string;

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const git = (...args: string[]) =>
  execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    encoding: "utf8",
    env: { ...process.env, GIT_AUTHOR_DATE: "1700000000 +0000", GIT_COMMITTER_DATE: "1700000000 +0000" },
  }).trim();
const inputs = (base = "0"): Promise<Inputs> => inputsOf(root, "a", bases(base));
const tag = async (base?: string): Promise<string> => (await inputs(base)).contentTag;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "inputs-"));
  for (const path of recipe) cpSync(join(here, path), join(root, path), { recursive: true });
  for (const name of ["bundle", "lockfile", "sbom"])
    cpSync(join(here, `scripts/images/${name}.ts`), join(root, `scripts/images/${name}.ts`));
  lock("1.0.0");
  write("images/a/package.json", "{}");
  write("images/a/src/main.ts", "export {};");
  write("images/b/src/index.ts", "export const b = 1;");
  write("images/other/src/main.ts", "export {};");
});
afterEach(() => rmSync(root, { recursive: true }));

function lock(library: string, unrelated = "1.0.0"): void {
  const packages = {
    "": {},
    "images/a": { version: "0.1.0", dependencies: { b: "*", library: "*" } },
    "images/b": { version: "0.1.0" },
    "node_modules/b": { resolved: "images/b", link: true },
    "node_modules/esbuild": { version: "0.28.2" },
    "node_modules/library": { version: library, integrity: "sha512-AAAA" },
    "node_modules/unrelated": { version: unrelated },
  };
  write("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
}

describe("the tag that names an image's content", () => {
  it("stays while nothing that becomes part of the image changes", async () => {
    const before = await tag();
    write("images/a/src/main.test.ts", "a test");
    write("images/b/src/testing/helper.ts", "a helper of tests");
    write("images/a/node_modules/x/index.js", "installed");
    write("images/other/src/main.ts", "another agent");
    lock("1.0.0", "2.0.0");
    expect(await tag()).toBe(before);
    expect(before).toMatch(/^src-[0-9a-f]{12}$/);
  });

  it.each([
    ["a source of the agent", () => write("images/a/src/main.ts", "changed")],
    ["a new source", () => write("images/a/src/deep/er/new.ts", "new")],
    ["a source of a workspace that it uses", () => write("images/b/src/index.ts", "changed")],
    ["the version of a library", () => lock("1.0.1")],
    ["the Dockerfile", () => write("images/Dockerfile", "FROM scratch")],
    ["how it is bundled", () => write("scripts/bundle.ts", "changed")],
    ["a certificate", () => write("images/certificates/ca.pem", "new")],
  ])("changes with %s", async (_, change) => {
    const before = await tag();
    change();
    expect(await tag()).not.toBe(before);
  });

  it("changes with the base image, and with the platforms", async () => {
    expect(await tag("1")).not.toBe(await tag("2"));
    const both = new Map([...bases("1"), ["linux/arm64", { name: "base", digest: "sha256:1" }] as const]);
    expect((await inputsOf(root, "a", both)).contentTag).not.toBe(await tag("1"));
  });
});

describe("where an image comes from", () => {
  it("is the commit that last changed what it is made of, with its time", async () => {
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    const commit = git("rev-parse", "HEAD");
    write("elsewhere.txt", "something");
    git("add", ".");
    git("commit", "--quiet", "--message", "second");
    expect(await inputs()).toMatchObject({ revision: commit, createdSeconds: 1_700_000_000 });
    write("images/a/src/main.ts", "not committed");
    expect((await inputs()).revision).toBe(`${commit}-dirty`);
  });

  it("is said to be unknown without git", async () => {
    expect(await inputs()).toMatchObject({ revision: "unknown", createdSeconds: 0 });
  });
});
