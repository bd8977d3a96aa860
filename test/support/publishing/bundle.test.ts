import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleAgent } from "../../../scripts/images/bundle.ts";

let root: string;
const out = () => join(root, "out");
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (file: string): string => readFileSync(join(out(), file), "utf8");
const names = (): string[] => JSON.parse(read("sbom.cdx.json")).components.map(({ name }: { name: string }) => name);

function install(name: string, source: string, fields: object = {}): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js", ...fields }));
  write(`node_modules/${name}/index.js`, source);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bundle-"));
  const packages: Record<string, object> = { "": {}, "images/a": { name: "@x/a", version: "0.1.0" } };
  for (const name of ["used", "unused", "common"])
    packages[`node_modules/${name}`] = { version: "1.0.0", license: "MIT" };
  write("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
  install("used", "export const used = 'used';", { type: "module" });
  install("unused", "export const unused = 'unused';", { type: "module", sideEffects: false });
  // As older packages are: they ask for files beside themselves, and for what may be installed.
  install(
    "common",
    "exports.folder = __dirname; try { exports.optional = require('optional-native'); } catch { exports.optional = 'none'; }",
  );
  write("node_modules/used/LICENSE", "Permission is hereby granted");
  const main = [
    'import { used } from "used";',
    'import { unused } from "unused";',
    'import common from "common";',
    "const never: string | undefined = undefined;",
    "console.log(JSON.stringify({ used, ...common, never }));",
  ];
  write("images/a/src/main.ts", main.join("\n"));
  write("images/a/esbuild.json", JSON.stringify({ external: ["optional-native"] }));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("an agent's bundle", () => {
  it("runs alone, with what its packages expect around them", async () => {
    await bundleAgent(root, "a", out());
    rmSync(join(root, "node_modules"), { recursive: true });
    const printed = JSON.parse(execFileSync(process.execPath, [join(out(), "agent.js")], { encoding: "utf8" }));
    expect(printed).toEqual({ used: "used", folder: `${out()}/`, optional: "none" });
  });

  it("has a bill of what is in it, not of what is installed, and the licences of that", async () => {
    const { packages } = await bundleAgent(root, "a", out());
    expect(names()).toEqual(["common", "used"]);
    expect(packages.map(({ location }) => location)).toEqual(["images/a", "node_modules/common", "node_modules/used"]);
    expect(read("licenses.txt")).toContain("used 1.0.0: MIT\n\nPermission is hereby granted");
    expect(read("licenses.txt")).not.toContain("unused");
  });

  it("is the same, byte for byte, when it is made again", async () => {
    await bundleAgent(root, "a", out());
    const before = ["agent.js", "sbom.cdx.json", "licenses.txt"].map(read);
    rmSync(out(), { recursive: true });
    await bundleAgent(root, "a", out());
    expect(["agent.js", "sbom.cdx.json", "licenses.txt"].map(read)).toEqual(before);
  });

  it("brings certificates along", async () => {
    write("images/certificates/ca.pem", "a certificate");
    write("images/certificates/README.md", "not one");
    await bundleAgent(root, "a", out());
    expect(read("certificates/ca.pem")).toBe("a certificate");
    expect(() => read("certificates/README.md")).toThrow("ENOENT");
  });

  it("is refused where esbuild.json asks for what is not allowed, or there is no main", async () => {
    write("images/a/esbuild.json", JSON.stringify({ minify: false }));
    await expect(bundleAgent(root, "a", out())).rejects.toThrow(/minify/);
    await expect(bundleAgent(root, "b", out())).rejects.toThrow("images/b/src/main.ts does not exist");
  });
});
