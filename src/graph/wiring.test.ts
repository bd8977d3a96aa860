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
  const components = ["database", "cache", "artifacts", "events"] as const;
  const agents = referenceSpec().agents.map((agent) => ({
    ...agent,
    grpcPort: agent.port + 1000,
    uses: [...(agent.uses ?? []), ...components.map((component) => ({ component }))],
    secrets: [...(agent.secrets ?? []), { name: "key", from: { secretRef: { name: "snowflake", key: "user" } } }],
  }));
  const { graph } = graphOf(referenceSpec({ agents, data: { database: {}, cache: {}, artifacts: {} } }));
  const set = referenceSpec().agents.flatMap(({ name }) => {
    const { environment, secrets } = container(graph, name);
    return [...Object.keys(environment), ...Object.keys(secrets)];
  });
  const patterns = new Map([
    ["<AGENT>_URL", /^(AWS_AGENT_CORE|LANGGRAPH|SNOWFLAKE_CORTEX)_URL$/],
    ["<AGENT>_GRPC_URL", /^(AWS_AGENT_CORE|LANGGRAPH|SNOWFLAKE_CORTEX)_GRPC_URL$/],
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

test("an agent that uses the cache finds it by TLS, and starts once it is there and lets the agent in", () => {
  const [core, langgraph, ...rest] = referenceSpec().agents;
  if (!core || !langgraph) throw new Error("the reference case has agents");
  const agents = [{ ...core, uses: [{ component: "cache" as const }] }, langgraph, ...rest];
  const { graph } = graphOf(referenceSpec({ agents, data: { database: {}, cache: {} } }));
  expect(container(graph, "aws-agent-core").environment).toMatchObject({
    REDIS_URL: {
      $template: ["rediss://", { $ref: { node: "cache/replication-group", output: "endpoint" } }, ":", "6379"],
    },
    REDIS_HOST: { $ref: { node: "cache/replication-group", output: "endpoint" } },
    REDIS_PORT: "6379",
  });
  const needed = graph.get("agent/aws-agent-core/service")?.dependsOn;
  expect(needed).toContain("cache/replication-group");
  expect(needed).toContain("cache/security-group/ingress");
  expect(graph.get("cache/security-group/ingress")?.props.rules).toEqual([
    {
      protocol: "tcp",
      fromPort: 6379,
      toPort: 6379,
      sourceGroupId: { $ref: { node: "agent/aws-agent-core/security-group", output: "groupId" } },
      description: "Agent aws-agent-core",
    },
  ]);
  expect(container(graph, "langgraph").environment).not.toHaveProperty("REDIS_URL");
  expect(graph.get("agent/langgraph/service")?.dependsOn).not.toContain("cache/replication-group");
});

test("an agent with a gRPC port serves it beside HTTP, and only those who use it find and reach it", () => {
  const [core, langgraph, cortex] = referenceSpec().agents;
  if (!core || !langgraph || !cortex) throw new Error("the reference case has three agents");
  const { graph } = graphOf(referenceSpec({ agents: [core, { ...langgraph, grpcPort: 50051 }, cortex] }));
  expect(graph.get("agent/langgraph/task-definition")?.props.container).toMatchObject({ port: 8001, grpcPort: 50051 });
  expect(container(graph, "langgraph").environment).toMatchObject({ PORT: "8001", GRPC_PORT: "50051" });
  expect(container(graph, "aws-agent-core").environment).toMatchObject({
    LANGGRAPH_URL: "http://langgraph.multi-agent-orchestrator.local:8001",
    LANGGRAPH_GRPC_URL: "http://langgraph.multi-agent-orchestrator.local:50051",
  });
  expect(container(graph, "aws-agent-core").environment).not.toHaveProperty("GRPC_PORT");
  expect(container(graph, "snowflake-cortex").environment).not.toHaveProperty("LANGGRAPH_GRPC_URL");
  const from = (agent: string) => ({ $ref: { node: `agent/${agent}/security-group`, output: "groupId" } });
  const rules = graph.get("agent/langgraph/security-group/ingress")?.props.rules;
  expect(rules).toEqual(
    [8001, 50051].map((port) => ({
      protocol: "tcp",
      fromPort: port,
      toPort: port,
      sourceGroupId: from("aws-agent-core"),
      description: "Agent aws-agent-core",
    })),
  );
});

test("an agent that uses events may put them on the account's own bus, and on no other", () => {
  const [core, ...rest] = referenceSpec().agents;
  if (!core) throw new Error("the reference case has agents");
  const agents = [{ ...core, uses: [{ component: "events" as const }] }, ...rest];
  const { graph } = graphOf(referenceSpec({ agents }));
  expect(container(graph, "aws-agent-core").environment).toMatchObject({ EVENT_BUS_NAME: "default" });
  const policies = (agent: string) => JSON.stringify(graph.get(`agent/${agent}/task-role`)?.props.policies);
  expect(policies("aws-agent-core")).toContain(
    JSON.stringify({
      Sid: "Events",
      Effect: "Allow",
      Action: ["events:PutEvents"],
      Resource: ["arn:aws:events:us-east-1:111122223333:event-bus/default"],
    }),
  );
  expect(policies("langgraph")).not.toContain("events:");
});
