import { AgentError } from "@agentorchestrator/shared";
import { expect, test } from "vitest";
import { loginError, statementError } from "./failures.ts";

/** An error as the driver throws it. */
const thrown = (code: string | number, message = "as thrown", more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });
const context = { url: "https://x.snowflakecomputing.com", warehouse: "WH", timeoutSeconds: 10, elapsedMs: 1_000 };
const login = {
  user: "SVC",
  account: "x",
  url: "https://x.snowflakecomputing.com",
  role: "READER",
  fingerprint: "SHA256:abc",
};

test.each([
  ["result files that cannot be fetched", thrown(402001), 503, "ResultUnavailable", true],
  ["a network that is gone", thrown(401001), 503, "SnowflakeUnavailable", true],
  [
    "an answer that is no answer",
    thrown(401002, "x", { response: { statusCode: 502 } }),
    503,
    "SnowflakeUnavailable",
    true,
  ],
  ["a session that is gone", thrown(407002), 503, "SnowflakeUnavailable", true],
  ["a token that cannot be renewed", thrown("390114"), 503, "SnowflakeUnavailable", true],
  ["a queue that is too long", thrown("000639", "Statement queued timeout reached"), 503, "WarehouseBusy", true],
  ["no current database", thrown("090105", "x", { sqlState: "22000" }), 400, "StatementInvalid", false],
  ["bad syntax", thrown("001003", "x", { sqlState: "42000" }), 400, "StatementInvalid", false],
  ["data that does not fit", thrown("100038", "x", { sqlState: "22018" }), 422, "StatementFailed", false],
  ["what nobody knows", "just a text", 502, "SnowflakeError", false],
])("%s is told with status, code and whether to try again", (_, error, status, code, retryable) => {
  expect(statementError(error, context)).toMatchObject({ status, code, retryable });
});

test("a cancelled statement was too slow when its time was over, and cancelled by somebody when not", () => {
  const cancelled = thrown("000604", "SQL execution canceled", { sqlState: "57014" });
  expect(statementError(cancelled, context).code).toBe("StatementCancelled");
  expect(statementError(cancelled, { ...context, elapsedMs: 10_001 }).code).toBe("StatementTimeout");
});

test("an error that is ours already stays as it is", () => {
  const error = new AgentError("PoolExhausted", "x", { status: 503 });
  expect(statementError(error, context)).toBe(error);
});

test("long words of Snowflake, which may quote the whole statement, are cut", () => {
  const message = `SQL compilation error:\n  ${"x".repeat(5_000)}`;
  expect(statementError(thrown("001003", message), context).message.length).toBeLessThan(700);
});

test.each([403, 404])("an address at which no account is (HTTP %i) is not an outage", (statusCode) => {
  const error = loginError(thrown(401002, "x", { response: { statusCode } }), login);
  expect(error).toMatchObject({ code: "SnowflakeAuthentication", retryable: false });
  expect(error.message).toContain("no such account");
});

test("a login that is refused for an unknown reason quotes it", () => {
  expect(loginError(thrown("390999", "Something new."), login).message).toContain("(390999): Something new.");
});
