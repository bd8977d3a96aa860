import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { baseConfig } from "@agentorchestrator/shared";
import { expect, test } from "vitest";
import { schema } from "./config.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const page = readFileSync(`${here}../../../docs/agents/aws-agent-core.md`, "utf8");

test("the page lists every variable of the front door's own, and no other", () => {
  const section = page.slice(page.indexOf("## Configuration"), page.indexOf("## Permissions"));
  const rows = section.split("\n").filter((row) => row.startsWith("| `"));
  const listed = rows.flatMap((row) => row.split("|")[1]?.match(/[A-Z][A-Z_]+/g) ?? []);
  const own = Object.keys(schema.shape).filter((name) => !(name in baseConfig) || name === "REQUEST_TIMEOUT_SECONDS");
  expect(listed.sort()).toEqual(own.sort());
});

test("the page names every code of an error, and every event of a stream", () => {
  const files = globSync("**/*.ts", { cwd: here, exclude: ["**/*.test.ts", "testing/**"] });
  const sources = files.map((file) => readFileSync(here + file, "utf8")).join("\n");
  const codes = [...sources.matchAll(/(?:AgentError\(\s*|code: (?:[^,\n]+\? )?|: )"([A-Z][a-z]+[A-Z]\w+|Throttled)"/g)];
  const events = [...sources.matchAll(/readonly event: "(\w+)"/g)];
  expect(codes.length).toBeGreaterThan(20);
  const told = [...codes, ...events].map(([, name = ""]) => name).filter((name) => !name.endsWith("Exception"));
  const missing = [...new Set(told)].filter((name) => !page.includes(`\`${name}\``));
  // Operations of Bedrock, which metrics name.
  expect(missing.filter((name) => !["Converse", "ConverseStream", "InvokeAgent"].includes(name))).toEqual([]);
});
