import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { kinds } from "../../src/kinds/registry.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = globSync("src/**/*.ts", { cwd: root });
const linesOf = (path: string): number => readFileSync(`${root}${path}`, "utf8").split("\n").length;

describe("the tree", () => {
  it("has no file under src over 400 lines", () => {
    expect(sources.filter((path) => linesOf(path) > 400)).toEqual([]);
  });

  it("keeps each kind in one file that is named in the registry", () => {
    const registry = readFileSync(`${root}src/kinds/registry.ts`, "utf8");
    for (const type of Object.keys(kinds)) {
      const declaring = globSync("src/kinds/*/*.ts", { cwd: root, exclude: ["**/*.test.ts"] }).filter((path) =>
        new RegExp(`^  type: "${type}",$`, "m").test(readFileSync(`${root}${path}`, "utf8")),
      );
      expect(declaring, type).toHaveLength(1);
      expect(registry).toContain(`"./${declaring[0]?.replace("src/kinds/", "")}"`);
    }
  });

  it("has a lint rule by which graph, plan, cost and api import no client", () => {
    const { overrides } = JSON.parse(readFileSync(`${root}biome.json`, "utf8"));
    const pure = overrides.find(({ includes }: { includes: string[] }) => includes.includes("src/graph/**"));
    expect(pure.includes).toEqual(expect.arrayContaining(["src/graph/**", "src/plan/**", "src/cost/**", "src/api/**"]));
    const { level, options } = pure.linter.rules.style.noRestrictedImports;
    expect(level).toBe("error");
    expect(options.patterns[0].group).toEqual(expect.arrayContaining(["@aws-sdk/*", "@kubernetes/*"]));
  });
});
