import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const readme = read("README.md");
const documents = ["README.md", ...globSync("{docs,src,manifests}/**/*.md", { cwd: root })];
const scripts = Object.keys(JSON.parse(read("package.json")).scripts);

describe("prose", () => {
  it.each(documents)("%s names only paths that exist", (document) => {
    const named = [
      ...read(document).matchAll(
        /(?:`|-f |-k )((?:src|docs|demo|manifests|examples|test|crds|scripts)(?:\/[\w.*-]+)*\/?)(?=[`\s])/g,
      ),
    ];
    const missing = named
      .map(([, path = ""]) => path)
      .filter((path) => !path.includes("*") && !existsSync(`${root}${path}`));
    expect(missing).toEqual([]);
  });

  it.each(documents)("%s names only npm scripts that exist", (document) => {
    const named = [...read(document).matchAll(/npm run ([\w:-]+)/g)].map(([, script = ""]) => script);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});

describe("the README's table of reasons", () => {
  const table = readme.slice(readme.indexOf("## When it is not Ready"), readme.indexOf("## For those"));
  const told = new Set(
    table
      .split("\n")
      .filter((row) => row.startsWith("| `"))
      .flatMap((row) => row.split("|")[1]?.match(/\w+/g) ?? []),
  );
  const folders = "{plan,apply,status,graph,observe}/*.ts";
  const files = globSync([`src/${folders}`, "src/aws/access.ts"], { cwd: root, exclude: ["**/*.test.ts"] });
  const sources = files.map(read).join("\n");

  it("has every reason that a person can meet in the condition Ready", () => {
    const inConditions = [...sources.matchAll(/(?:reason: |\| |TerminalError\(\s*)"([A-Z][A-Za-z]+)"/g)].map(
      ([, reason = ""]) => reason,
    );
    // Words of events, of facts that hold, and of types, not reasons of Ready being False.
    const others =
      /^(Succeeded|EstimateWithinBudget|Created|Updated|Replaced|Deleted|Retained|DriftRepaired|Refused|AWSError|HTTPS?|Interface|Gateway|Delete|Retain|Snapshot|RDS|Container|False|Unknown|Warning|[A-Z]\w*Ready)$/;
    expect([...new Set(inConditions)].filter((reason) => !told.has(reason) && !others.test(reason))).toEqual([]);
  });

  it("has no reason that the operator does not use", () => {
    expect([...told].filter((reason) => !sources.includes(`"${reason}"`))).toEqual([]);
  });
});
