import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Lockfile } from "../../../scripts/images/lockfile.ts";
import { sbomOf } from "../../../scripts/images/sbom.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let folder: string | undefined;
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** A repository of two workspaces, and a package that one of them has in another version. */
function lockfile(): Lockfile {
  folder = mkdtempSync(join(tmpdir(), "lockfile-"));
  const packages = {
    "": { name: "root" },
    "images/a": { name: "@x/a", version: "1.0.0", dependencies: { "@x/b": "1.0.0", left: "^1.0.0" } },
    "images/b": { name: "@x/b", version: "1.0.0", dependencies: { left: "^2.0.0" }, devDependencies: { tool: "1" } },
    "images/a/node_modules/left": { version: "1.2.3", integrity: "sha512-AAEC", license: "MIT" },
    "node_modules/@x/b": { resolved: "images/b", link: true },
    "node_modules/left": { version: "2.0.0", dependencies: { right: "*" }, license: "SEE LICENSE IN LICENSE.md" },
    "node_modules/right": { version: "1.0.0", peerDependencies: { left: "*" }, optionalDependencies: { absent: "*" } },
    "node_modules/tool": { version: "1.0.0", dev: true },
  };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  return new Lockfile(folder);
}

describe("what a package needs", () => {
  it("is found as Node finds it: the nearest version wins, a workspace stands for itself, development is left out", () => {
    const closure = lockfile().closure("images/a");
    expect(closure.map(({ location, version }) => `${location} ${version}`)).toEqual([
      "images/a 1.0.0",
      "images/a/node_modules/left 1.2.3",
      "images/b 1.0.0",
      "node_modules/left 2.0.0",
      "node_modules/right 1.0.0",
    ]);
  });

  it("is told of a package that is not locked", () => {
    expect(() => lockfile().closure("images/c")).toThrow("package-lock.json has no images/c");
  });

  it("knows which package a file belongs to", () => {
    const locked = lockfile();
    expect(locked.locationOf("node_modules/@x/b/src/index.ts")).toBe("images/b");
    expect(locked.locationOf("images/b/src/index.ts")).toBe("images/b");
    expect(locked.locationOf("images/a/node_modules/left/index.js")).toBe("images/a/node_modules/left");
    expect(locked.locationOf("scripts/other.ts")).toBeUndefined();
  });
});

describe("the bill of materials", () => {
  it("lists what is bundled with address, licence and hash, each package version once, and is the same each time", () => {
    const locked = lockfile();
    const agent = locked.at("images/a");
    const bundled = locked.closure("images/a").filter(({ location }) => location !== "images/a");
    const bill = sbomOf(agent, bundled) as { components: object[]; dependencies: object[]; metadata: object };
    expect(bill.components).toEqual([
      {
        "bom-ref": "pkg:npm/%40x/b@1.0.0",
        group: "@x",
        name: "b",
        version: "1.0.0",
        type: "library",
        purl: "pkg:npm/%40x/b@1.0.0",
      },
      {
        "bom-ref": "pkg:npm/left@1.2.3",
        name: "left",
        version: "1.2.3",
        type: "library",
        licenses: [{ expression: "MIT" }],
        hashes: [{ alg: "SHA-512", content: "000102" }],
        purl: "pkg:npm/left@1.2.3",
      },
      {
        "bom-ref": "pkg:npm/left@2.0.0",
        name: "left",
        version: "2.0.0",
        type: "library",
        licenses: [{ license: { name: "SEE LICENSE IN LICENSE.md" } }],
        purl: "pkg:npm/left@2.0.0",
      },
      {
        "bom-ref": "pkg:npm/right@1.0.0",
        name: "right",
        version: "1.0.0",
        type: "library",
        purl: "pkg:npm/right@1.0.0",
      },
    ]);
    expect(sbomOf(agent, bundled.toReversed())).toEqual(bill);
    expect(JSON.stringify(bill)).not.toMatch(/timestamp|serialNumber/);
  });
});

it("every agent of this repository uses no workspace but those that images/Dockerfile copies", () => {
  const locked = new Lockfile(root);
  for (const agent of ["aws-agent-core", "langgraph", "snowflake-cortex"]) {
    const workspaces = locked.closure(`images/${agent}`).filter(({ location }) => !location.includes("node_modules"));
    const others = workspaces.map(({ location }) => location).filter((location) => location !== `images/${agent}`);
    expect(["images/envelope", "images/shared"], agent).toEqual(expect.arrayContaining(others));
  }
});
