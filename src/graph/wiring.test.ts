import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { graphOf, referenceSpec, secretFact } from "../../test/support/reference.ts";
import type { Graph } from "./graph.ts";
import { variables } from "./wiring.ts";

interface Container {
  readonly environment: Record<string, unknown>;
  readonly secrets: Record<string, unknown>;
}

const container = (graph: Graph, agent: string) =>
  graph.get(`agent/${agent}/task-definition`)?.props.container as Container;

test("docs/wiring.md has the table of the code", () => {
  const rows = variables.map(({ name, when, value }) => `| \`${name}\` | ${when} | ${value} |`);
  const table = ["| variable | when | value |", "| --- | --- | --- |", ...rows].join("\n");
  expect(readFileSync(new URL("../../docs/wiring.md", import.meta.url), "utf8")).toContain(table);
});

test("every variable that is set is in the table, and every row of the table is set", () => {
  const agents = referenceSpec().agents.map((agent) => ({
    ...agent,
    uses: [...(agent.uses ?? []), { component: "database" as const }, { component: "artifacts" as const }],
    secrets: [...(agent.secrets ?? []), { name: "key", from: { secretRef: { name: "snowflake", key: "user" } } }],
  }));
  const { graph } = graphOf(referenceSpec({ agents, data: { database: {}, artifacts: {} } }));
  const set = referenceSpec().agents.flatMap(({ name }) => {
    const { environment, secrets } = container(graph, name);
    return [...Object.keys(environment), ...Object.keys(secrets)];
  });
  const patterns = new Map([
    ["<AGENT>_URL", /^(AWS_AGENT_CORE|LANGGRAPH|SNOWFLAKE_CORTEX)_URL$/],
    ["<SECRET>", /^KEY$/],
    ["<SECRET>_<KEY>", /^SNOWFLAKE_(ACCOUNT|USER|PASSWORD)$/],
    ["<SECRET>_SECRET_ARN", /^(SNOWFLAKE|KEY)_SECRET_ARN$/],
  ]);
  const rowOf = (variable: string) =>
    variables.find(({ name }) => name === variable) ?? variables.find(({ name }) => patterns.get(name)?.test(variable));
  expect(set.filter((variable) => !rowOf(variable))).toEqual([]);
  expect(variables.filter((row) => !set.some((variable) => rowOf(variable) === row))).toEqual([]);
});

test("an agent finds the agents and the database that it uses", () => {
  const { graph } = graphOf();
  expect(container(graph, "langgraph").environment).toEqual({
    AGENT_NAME: "langgraph",
    PORT: "8001",
    AWS_REGION: "us-east-1",
    AWS_AGENT_CORE_URL: "http://aws-agent-core.multi-agent-orchestrator.local:8000",
    DATABASE_HOST: { $ref: { node: "database/instance", output: "endpoint" } },
    DATABASE_PORT: "5432",
    DATABASE_NAME: "agents",
    DATABASE_SSLMODE: "require",
    DATABASE_SECRET_ARN: { $ref: { node: "database/instance", output: "secretArn" } },
    LANGFUSE_HOST: "https://cloud.langfuse.com",
    LANGFUSE_BASE_URL: "https://cloud.langfuse.com",
  });
  expect(container(graph, "snowflake-cortex").environment).not.toHaveProperty("DATABASE_HOST");
});

test("credentials are injected by key, and stand nowhere in the graph as text", () => {
  const { graph } = graphOf();
  const { secrets } = container(graph, "snowflake-cortex");
  expect(Object.keys(secrets).sort()).toEqual([
    "LANGFUSE_PUBLIC_KEY",
    "LANGFUSE_SECRET_KEY",
    "SNOWFLAKE_ACCOUNT",
    "SNOWFLAKE_PASSWORD",
    "SNOWFLAKE_USER",
  ]);
  expect(secrets.SNOWFLAKE_USER).toEqual({
    $template: [
      { $ref: { node: "agent/snowflake-cortex/secret/snowflake", output: "secretArn" } },
      expect.stringMatching(/^:?$/),
      "user",
      "::",
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ],
  });
  expect(JSON.stringify(graph.nodes)).not.toContain("value of");
});

test("a changed Secret is another revision of the agents that use it, and of no other", () => {
  const secrets = new Map([
    ["langfuse", secretFact("publicKey", "secretKey")],
    ["snowflake", { ...secretFact("account", "user", "password"), version: "uid-2" }],
  ]);
  const before = graphOf().graph;
  const { graph } = graphOf(referenceSpec(), { secrets });
  expect(container(graph, "snowflake-cortex")).not.toEqual(container(before, "snowflake-cortex"));
  expect(container(graph, "langgraph")).toEqual(container(before, "langgraph"));
});

test("the agent's own env wins over what is wired", () => {
  const [core, ...rest] = referenceSpec().agents;
  if (!core) throw new Error("the reference case has agents");
  const env = { LANGGRAPH_URL: "http://elsewhere", LOG_LEVEL: "debug" };
  const { graph } = graphOf(referenceSpec({ agents: [{ ...core, env }, ...rest] }));
  expect(container(graph, "aws-agent-core").environment).toMatchObject(env);
});
