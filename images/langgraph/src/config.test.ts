import { readConfig } from "@agentorchestrator/shared";
import { expect, it } from "vitest";
import { schema } from "./config.ts";

const env = {
  AGENT_NAME: "langgraph",
  PORT: "8001",
  AWS_REGION: "eu-central-1",
  DATABASE_HOST: "db",
  DATABASE_NAME: "agents",
  DATABASE_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db",
  ARTIFACTS_BUCKET: "artifacts",
  BEDROCK_MODELS: "anthropic.claude, amazon.nova",
  APPROVAL_ISSUER: "https://login.example.com/",
  APPROVAL_AUDIENCE: "workflows",
  APPROVAL_JWKS_URL: "https://login.example.com/keys",
};

it("takes what the operator wires, and has a value for the rest", () => {
  expect(readConfig(schema, env)).toMatchObject({
    DATABASE_PORT: 5432,
    DATABASE_SSLMODE: "require",
    ARTIFACTS_PREFIX: "artifacts/",
    BEDROCK_MODELS: ["anthropic.claude", "amazon.nova"],
    APPROVAL_TIMEOUT_HOURS: 24,
  });
  expect(readConfig(schema, { ...env, APPROVAL_TIMEOUT_HOURS: "0.5" }).APPROVAL_TIMEOUT_HOURS).toBe(0.5);
});

it.each([
  [{ DATABASE_SECRET_ARN: "" }, /DATABASE_SECRET_ARN is missing .*component: database/],
  [{ DATABASE_HOST: undefined }, /DATABASE_HOST is missing .*component: database/],
  [{ BEDROCK_MODELS: " , " }, /BEDROCK_MODELS is wrong.*bedrock\.models/],
  [{ APPROVAL_TIMEOUT_HOURS: "0" }, /APPROVAL_TIMEOUT_HOURS is wrong: has to be a number above 0/],
  [{ LEASE_SECONDS: "1e3" }, /LEASE_SECONDS is wrong/],
  [{ DATABASE_SSLMODE: "prefer" }, /DATABASE_SSLMODE is wrong/],
  [{ APPROVAL_PUBLIC_KEY: "a key" }, /exactly one/],
  [{ APPROVAL_JWKS_URL: undefined }, /exactly one/],
])("refuses %j", (wrong, message) => {
  expect(() => readConfig(schema, { ...env, ...wrong })).toThrow(message);
});
