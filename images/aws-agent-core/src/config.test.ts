import { ConfigError, readConfig } from "@agentorchestrator/shared";
import { describe, expect, test } from "vitest";
import { schema } from "./config.ts";

const wired = { AGENT_NAME: "aws-agent-core", PORT: "8000", AWS_REGION: "us-east-1" };
const problem = (env: NodeJS.ProcessEnv): ConfigError => {
  try {
    readConfig(schema, { ...wired, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("it was taken");
};

describe("the environment", () => {
  test("is enough as the operator wires it", () => {
    const config = readConfig(schema, {
      ...wired,
      BEDROCK_MODELS: "amazon.nova-lite-v1:0, us.anthropic.claude-sonnet-4-20250514-v1:0",
      LANGGRAPH_URL: "http://langgraph.demo.local:8001",
    });
    expect(config.BEDROCK_MODELS).toEqual(["amazon.nova-lite-v1:0", "us.anthropic.claude-sonnet-4-20250514-v1:0"]);
    expect(config).toMatchObject({ BEDROCK_AGENTS: [], LANGGRAPH_URL: "http://langgraph.demo.local:8001" });
    expect(config.REQUEST_TIMEOUT_SECONDS).toBeLessThan(60);
  });

  test("names Bedrock agents and a guardrail", () => {
    const config = readConfig(schema, {
      ...wired,
      BEDROCK_AGENTS: "support=ABC123/TSTALIASID , billing=DEF456/XYZ",
      BEDROCK_GUARDRAIL: "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc:DRAFT",
    });
    expect(config.BEDROCK_AGENTS).toEqual([
      { name: "support", agentId: "ABC123", agentAliasId: "TSTALIASID" },
      { name: "billing", agentId: "DEF456", agentAliasId: "XYZ" },
    ]);
    expect(config.BEDROCK_GUARDRAIL).toEqual({
      guardrailIdentifier: "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc",
      guardrailVersion: "DRAFT",
    });
  });

  test.each<[NodeJS.ProcessEnv, string, RegExp]>([
    [{ PORT: "" }, "PORT", /PORT is missing/],
    [{ BEDROCK_AGENTS: "a=A/B,canary-value" }, "BEDROCK_AGENTS", /name=agentId\/aliasId.*entry 2/],
    [{ BEDROCK_AGENTS: "a=A/B,a=C/D" }, "BEDROCK_AGENTS", /names a twice/],
    [{ BEDROCK_GUARDRAIL: "canary-value" }, "BEDROCK_GUARDRAIL", /id or ARN>:<version/],
    [{ LANGGRAPH_URL: "canary-value" }, "LANGGRAPH_URL", /http or https URL.*agent: langgraph/],
    [{ AUTH_ISSUER: "i" }, "AUTH_AUDIENCE", /AUTH_AUDIENCE is missing.*beside AUTH_ISSUER/],
    [{ AUTH_ISSUER: "i", AUTH_AUDIENCE: "a" }, "AUTH_JWKS_URL", /AUTH_JWKS_URL is missing.*unless AUTH_PUBLIC_KEY/],
    [
      { AUTH_ISSUER: "i", AUTH_AUDIENCE: "a", AUTH_JWKS_URL: "https://x.example", AUTH_PUBLIC_KEY: "k" },
      "AUTH_JWKS_URL",
      /one of AUTH_JWKS_URL and AUTH_PUBLIC_KEY/,
    ],
    [{ MAX_TOOL_TURNS: "0" }, "MAX_TOOL_TURNS", /whole number from 1 to 50/],
  ])("that is wrong is refused by name, and its value is not quoted: %j", (env, name, message) => {
    const error = problem(env);
    expect(error.variables).toContain(name);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("canary-value");
  });
});
