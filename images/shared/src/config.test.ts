import { describe, expect, it } from "vitest";
import { z } from "zod";
import { baseConfig, ConfigError, peerUrl, readConfig, wholeNumber } from "./config.ts";
import { redactText } from "./redact.ts";

const wired = { AGENT_NAME: "langgraph", PORT: "8001", AWS_REGION: "eu-central-1" };
const schema = z.object({
  ...baseConfig,
  DATABASE_HOST: z.string().describe("host of the database; wired by uses: [{ component: database }]"),
  DATABASE_PORT: wholeNumber(1, 65_535).describe("port of the database; wired by uses: [{ component: database }]"),
  CORTEX_URL: peerUrl("cortex").optional(),
});

function failure(env: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("no ConfigError");
}

describe("the configuration", () => {
  it("needs no more than what the operator always wires, and has defaults for the rest", () => {
    expect(readConfig(z.object(baseConfig), wired)).toMatchObject({
      ...wired,
      PORT: 8001,
      HOST: "0.0.0.0",
      LOG_LEVEL: "info",
      REQUEST_TIMEOUT_SECONDS: 60,
      MAX_BODY_BYTES: 1_048_576,
    });
  });

  it("names everything that is missing or wrong at once, what it is for, and what wires it", () => {
    const error = failure({ ...wired, PORT: "http", DATABASE_PORT: "70000" });
    expect(error.variables).toEqual(["PORT", "DATABASE_HOST", "DATABASE_PORT"]);
    expect(error.message).toContain(
      "DATABASE_HOST is missing (host of the database; wired by uses: [{ component: database }])",
    );
    expect(error.message).toContain("DATABASE_PORT is wrong: has to be a whole number from 1 to 65535 (port of the");
    expect(error.message).toContain("PORT is wrong: has to be a whole number from 0 to 65535");
  });

  it("takes an empty variable for a missing one", () => {
    expect(failure({ ...wired, DATABASE_HOST: "", DATABASE_PORT: "5432" }).message).toContain(
      "DATABASE_HOST is missing",
    );
  });

  it("quotes no value, since it may be a secret in the wrong place", () => {
    const canary = "canary-7f3a";
    const error = failure({ ...wired, PORT: canary, DATABASE_PORT: canary, CORTEX_URL: canary, LOG_LEVEL: canary });
    expect(error.variables).toHaveLength(5);
    expect(`${error.message}${error.stack}`).not.toContain(canary);
  });

  it("refuses addresses that are no http, and takes the slash off their end", () => {
    const database = { ...wired, DATABASE_HOST: "db", DATABASE_PORT: "5432" };
    expect(failure({ ...database, CORTEX_URL: "file:///etc/passwd" }).message).toContain("uses: [{ agent: cortex }]");
    expect(readConfig(schema, { ...database, CORTEX_URL: "http://cortex.p.local:8002/" }).CORTEX_URL).toBe(
      "http://cortex.p.local:8002",
    );
  });

  it("makes what a variable with a secret's name holds unspeakable, also one that the schema does not know", () => {
    readConfig(z.object(baseConfig), {
      ...wired,
      LANGFUSE_SECRET_KEY: "sk-lf-canary-1",
      PARTNER_API_KEY: "canary-api-2",
    });
    expect(redactText("key=sk-lf-canary-1, canary-api-2!")).toBe("key=[redacted], [redacted]!");
  });
});
