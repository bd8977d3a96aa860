import { ConfigError } from "@agentorchestrator/shared";
import { expect, test } from "vitest";
import { readSnowflakeConfig } from "./config.ts";

const base = { AGENT_NAME: "snowflake-cortex", PORT: "8002", AWS_REGION: "eu-central-1" };
const least = { ...base, SNOWFLAKE_ACCOUNT: "myorg-myaccount", SNOWFLAKE_USER: "svc" };

test("keys of the Secret may be in camelCase or snake_case, as the operator turns either into variables", () => {
  for (const [key, passphrase] of [
    ["SNOWFLAKE_PRIVATEKEY", "SNOWFLAKE_PRIVATEKEYPASSPHRASE"],
    ["SNOWFLAKE_PRIVATE_KEY", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"],
  ]) {
    const config = readSnowflakeConfig({
      ...least,
      [key ?? ""]: "the key itself",
      [passphrase ?? ""]: "the passphrase",
    });
    expect(config).toMatchObject({
      SNOWFLAKE_PRIVATE_KEY: "the key itself",
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: "the passphrase",
    });
  }
});

test("a secret that is wired by its ARN comes whole, and what is set beside it wins", () => {
  const SNOWFLAKE = JSON.stringify({
    account: "myorg-myaccount",
    user: "svc",
    private_key: "pem",
    role: "READER",
    port: 1,
  });
  const config = readSnowflakeConfig({ ...base, SNOWFLAKE, SNOWFLAKE_ROLE: "OTHER", SNOWFLAKE_USER: "" });
  expect(config).toMatchObject({ SNOWFLAKE_USER: "svc", SNOWFLAKE_PRIVATE_KEY: "pem", SNOWFLAKE_ROLE: "OTHER" });
});

test("the key may be left to Secrets Manager", () => {
  const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snowflake";
  expect(readSnowflakeConfig({ ...least, SNOWFLAKE_SECRET_ARN: arn }).SNOWFLAKE_PRIVATE_KEY).toBeUndefined();
});

test("everything that is missing or wrong is named at once, with what wires it and without a value", () => {
  const env = { ...base, SNOWFLAKE_ACCOUNT: "https://canary.example", SNOWFLAKE_POOL_SIZE: "0", SNOWFLAKE: "no JSON" };
  const read = () => readSnowflakeConfig(env);
  expect(read).toThrow(ConfigError);
  for (const name of ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY", "SNOWFLAKE_POOL_SIZE"]) {
    expect(read).toThrow(name);
  }
  expect(read).toThrow("secretRef: { name: snowflake }");
  expect(read).not.toThrow("canary");
});
