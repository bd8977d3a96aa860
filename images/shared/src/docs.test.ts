import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { baseConfig, readConfig } from "./config.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const page = read("docs/agents/shared.md");

describe("the page about what every agent has", () => {
  it("lists every variable that the operator does not wire, with its default", () => {
    const wired = read("docs/wiring.md");
    const defaults = readConfig(z.object(baseConfig), { AGENT_NAME: "a", PORT: "1", AWS_REGION: "r" });
    const own = Object.entries(defaults).filter(([name]) => !wired.includes(`| \`${name}\` |`));
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| `?([^|`]+?)`? \|/gm)].map(([, name, value]) => [name, value]);
    expect(rows.sort()).toEqual(own.map(([name, value]) => [name, String(value)]).sort());
  });

  it("lists every code that clients can be told, and no other", () => {
    const files = globSync("images/shared/src/*.ts", { cwd: root, exclude: ["**/*.test.ts"] });
    const thrown = files.flatMap((file) =>
      [...read(file).matchAll(/new AgentError\(\s*"([A-Z]\w+)"/g)].map(([, code = ""]) => code),
    );
    const errors = page.slice(page.indexOf("## Errors"), page.indexOf("## Streams"));
    const listed = [...errors.matchAll(/`([A-Z][a-z]\w+)`/g)].map(([, code = ""]) => code);
    expect(thrown.length).toBeGreaterThan(20);
    // Nobody is there to be told that he went.
    expect(new Set(listed)).toEqual(new Set(thrown.filter((code) => code !== "ClientGone")));
  });

  it("has the page about messages beside it, with every reason for which one is refused", () => {
    const source = read("images/envelope/src/refusal.ts");
    const codes = [...source.matchAll(/^ {2}\| "(\w+)"/gm)].map(([, code = ""]) => code);
    const whole = read("docs/agents/envelope.md");
    const envelope = whole.slice(whole.indexOf("## What is refused"));
    const listed = [...envelope.matchAll(/^\| (`[^|]+`) \| /gm)].flatMap(
      ([, cell = ""]) => cell.match(/[A-Z]\w+/g) ?? [],
    );
    expect(listed.sort()).toEqual(codes.sort());
  });
});
