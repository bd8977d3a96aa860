import { readFileSync } from "node:fs";
import { readConfig } from "@agentorchestrator/shared";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { SpecInput } from "../src/api/resource.ts";
import { graphOf, secretFact } from "../test/support/reference.ts";
import { schema as frontDoor } from "./aws-agent-core/src/config.ts";
import { schema as langgraph } from "./langgraph/src/config.ts";
import { readSnowflakeConfig } from "./snowflake-cortex/src/config.ts";

/** Reads an agent's configuration. @throws ConfigError */
const agents: Readonly<Record<string, (env: NodeJS.ProcessEnv) => unknown>> = {
  "aws-agent-core": (env) => readConfig(frontDoor, env),
  langgraph: (env) => readConfig(langgraph, env),
  "snowflake-cortex": readSnowflakeConfig,
};

const snowflake = ["account", "user", "privateKey", "role", "warehouse", "database", "schema"];
const secrets = new Map([
  ["langfuse", secretFact("publicKey", "secretKey")],
  ["snowflake", secretFact(...snowflake)],
]);

interface Container {
  readonly environment: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** The environment of an agent's tasks; what only AWS or a secret knows is a plausible word. */
function environmentOf(example: string, agent: string): NodeJS.ProcessEnv {
  const file = readFileSync(new URL(`../examples/${example}`, import.meta.url), "utf8");
  const { graph } = graphOf(parse(file).spec as SpecInput, { secrets });
  const container = graph.get(`agent/${agent}/task-definition`)?.props.container as Container;
  const whole = JSON.stringify(Object.fromEntries(snowflake.map((key) => [key, "word"])));
  const plain = Object.entries(container.environment).map(([name, value]) => [
    name,
    typeof value === "string" ? value : "word",
  ]);
  const secret = Object.keys(container.secrets).map((name) => [name, name === "SNOWFLAKE" ? whole : "word"]);
  return Object.fromEntries([...plain, ...secret]);
}

describe.each(["dev.yaml", "prod.yaml"])("examples/%s", (example) => {
  it.each(Object.keys(agents))("wires all that %s needs to start", (agent) => {
    const config = agents[agent]?.(environmentOf(example, agent));
    expect(config).toMatchObject({ AGENT_NAME: agent });
  });
});
