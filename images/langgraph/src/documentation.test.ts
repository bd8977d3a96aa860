import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { baseConfig, readConfig } from "@agentorchestrator/shared";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { graphOf, referenceSpec } from "../../../test/support/reference.ts";
import { cases } from "./agreement/cases.ts";
import { statuses } from "./api/requests.ts";
import { schema } from "./config.ts";
import * as refusals from "./domain/refusals.ts";
import { WorkflowService } from "./grpc/gen/agentorchestrator/langgraph/v1/workflows_pb.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");
const page = read("docs/agents/langgraph.md");
const wiring = read("docs/wiring.md");
const sources = globSync("images/langgraph/src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts", "**/gen/**"] })
  .map(read)
  .join("\n");

interface Container {
  readonly environment: Record<string, unknown>;
  readonly secrets: Record<string, unknown>;
}

describe("docs/agents/langgraph.md", () => {
  it("names every variable that is not every agent's and not wired, with its default", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const [name, field] of Object.entries(schema.shape)) {
      if (name in baseConfig || wiring.includes(`| \`${name}\``)) continue;
      const row = rows.find((each) => each.split("|")[1]?.includes(`\`${name}\``));
      expect(row, name).toBeDefined();
      const parsed = field.safeParse(undefined);
      const told = row?.split("|")[2]?.replaceAll("`", "").trim().split(", ");
      if (parsed.success && parsed.data !== undefined) expect(told, name).toContain(String(parsed.data));
    }
  });

  it("names no variable that is not read", () => {
    const known = new Set([...Object.keys(schema.shape), "CHAOS_SEED"]);
    const named = [...page.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it("shows an agent whose environment, as the operator wires it, is enough to start", () => {
    const [, yaml = ""] = /```yaml\n([^`]+)```/.exec(page) ?? [];
    const { agents } = parse(yaml);
    const others = referenceSpec().agents.filter(({ name }) => name !== "langgraph");
    const data = { database: {}, artifacts: {} };
    const { graph } = graphOf(referenceSpec({ agents: [...others, ...agents], data }));
    const props = graph.get("agent/langgraph/task-definition")?.props.container as Container;
    // What is known only once AWS has made it stands here as a word.
    const known = Object.entries({ ...props.environment, ...props.secrets }).map(([name, value]) => [
      name,
      typeof value === "string" ? value : "known later",
    ]);
    const config = readConfig(schema, Object.fromEntries(known));
    expect(config).toMatchObject({ AGENT_NAME: "langgraph", GRPC_PORT: 50_051, EVENT_BUS_NAME: "default" });
  });

  it("names every status, method and refusal, and no code that there is not", () => {
    for (const status of statuses) expect(page).toContain(status);
    for (const { name } of WorkflowService.methods) expect(page).toContain(`\`${name}\``);
    const table = page.slice(page.indexOf("## Errors"), page.indexOf("## Who may decide"));
    const told = new Set([...table.matchAll(/`([A-Z][a-z]+[A-Z]\w+)`/g)].map(([, code = ""]) => code));
    const refused = [...read("images/langgraph/src/domain/refusals.ts").matchAll(/"([A-Z]\w+)"/g)];
    expect(refused.length).toBe(Object.keys(refusals).length);
    for (const [, code = ""] of refused) expect(told).toContain(code);
    const shared = read("docs/agents/shared.md");
    expect([...told].filter((code) => !sources.includes(`"${code}"`) && !shared.includes(`\`${code}\``))).toEqual([]);
  });

  it("says of each error the statuses that both doors were seen to answer", () => {
    const rows = page.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    for (const { code, http, grpc } of cases.filter((each) => each.code !== "OK")) {
      const [, status, name] = rows.find((cells) => cells[3]?.includes(`\`${code}\``)) ?? [];
      expect([status, name], code).toEqual([String(http), grpc]);
    }
  });

  it("names every event, and no other", () => {
    const [, types = ""] = /export type EventType =([^;]+);/.exec(read("images/langgraph/src/store/outbox.ts")) ?? [];
    const events = [...types.matchAll(/"(\w+)"/g)].map(([, type]) => type);
    const [, told = ""] = /one for each change: ([^.]+)\./.exec(page) ?? [];
    expect(told.split(/,\s+/).sort()).toEqual(events.sort());
  });
});
