import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { startAgent } from "@agentorchestrator/shared/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { keyPair, type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { type Cortex, startCortex, until } from "./testing/cortex.ts";
import { startTls } from "./testing/tls.ts";

let snowflake: Snowflake;
let cortex: Cortex | undefined;
const { publicKey, privateKey } = keyPair();

beforeAll(async () => {
  snowflake = await startSnowflake();
});
afterAll(() => snowflake?.stop());
beforeEach(() => setUser({ keys: [publicKey] }));
afterEach(async () => {
  await cortex?.stop();
  cortex = undefined;
});

async function setUser(user: { keys: string[]; roles?: string[]; state?: "active" | "disabled" | "locked" }) {
  await snowflake.change({ users: { AGENT: { roles: ["READER"], ...user } }, faults: [], log: [] });
}
async function start(env: NodeJS.ProcessEnv = {}): Promise<Cortex> {
  cortex = await startCortex(snowflake, { SNOWFLAKE_PRIVATEKEY: privateKey, ...env });
  return cortex;
}
/** Every line of the key's text that says anything about it. */
const secretLines = (pem: string) => pem.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));

test.each([
  ["a key that is not registered", "390144", { keys: [] }, /RSA_PUBLIC_KEY.*SHA256:/],
  ["a locked user", "390102", { state: "locked" }, /locked.*MINS_TO_UNLOCK/],
  ["a disabled user", "390101", { state: "disabled" }, /DISABLED = FALSE/],
  ["a role that the user has not", "390189", { roles: ["OTHER"] }, /GRANT ROLE READER TO USER agent/],
] as const)("%s is told by its remedy (%s)", async (_, code, user, remedy) => {
  await setUser({ keys: [publicKey], ...user } as Parameters<typeof setUser>[0]);
  const agent = await start();
  expect((await agent.ready(503)).body.checks.role.message).toMatch(remedy);
  const answer = await agent.post("/query", { sql: "select 1" });
  expect([answer.status, answer.body.error.code]).toEqual([502, "SnowflakeAuthentication"]);
  expect(answer.body.error).toMatchObject({ retryable: code === "390102", details: { snowflakeCode: code } });
  expect(answer.body.error.message).toMatch(remedy);
});

test("a network policy that refuses the agent is told", async () => {
  const message = "Incoming request with IP/Token 10.0.0.1 is not allowed to access Snowflake.";
  await snowflake.change({ faults: [{ match: "login", code: "390422", message, times: 100 }] });
  const agent = await start();
  expect((await agent.ready(503)).body.checks.role.message).toContain("network policy");
});

test("the agent waits for Snowflake that is not there at its start", async () => {
  const agent = await start({ SNOWFLAKE_URL: "http://127.0.0.1:9", SNOWFLAKE_LOGIN_TIMEOUT_SECONDS: "3" });
  const answer = await agent.post("/query", { sql: "select 1" });
  expect([answer.status, answer.body.error.code, answer.body.error.retryable]).toEqual([
    503,
    "SnowflakeUnavailable",
    true,
  ]);
  expect((await agent.ready(503)).body.checks.role.status).toBe("failed");
});

test("Snowflake is spoken to by TLS, and only where its certificate is trusted", async () => {
  const tls = await startTls(snowflake.url);
  try {
    const trusting = await start({ SNOWFLAKE_URL: tls.url, NODE_EXTRA_CA_CERTS: tls.certificate });
    await trusting.ready();
    expect((await trusting.post("/query", { sql: "select 1" })).status).toBe(200);
    expect((await trusting.post("/search", { query: "x", service: "docs" })).status).toBe(200);
    await trusting.stop();
    await snowflake.change({ log: [] });
    const wary = await start({ SNOWFLAKE_URL: tls.url });
    const { body } = await wary.post("/query", { sql: "select 1" });
    expect(body.error).toMatchObject({ code: "SnowflakeUnavailable", message: expect.stringContaining("certificate") });
    expect(await snowflake.asked(), "no token was sent").toEqual([]);
  } finally {
    await tls.stop();
  }
});

test("role, warehouse and database may be left to the user's defaults in Snowflake", async () => {
  const agent = await start({ SNOWFLAKE_ROLE: "", SNOWFLAKE_WAREHOUSE: "", SNOWFLAKE_DATABASE: "" });
  await agent.ready();
  expect((await agent.post("/query", { sql: "select 1" })).status).toBe(200);
  const unnamed = await agent.post("/search", { query: "x", service: "docs" });
  expect([unnamed.status, unnamed.body.error.code]).toEqual([400, "SearchServiceInvalid"]);
  expect((await agent.post("/search", { query: "x", service: "DB1.PUBLIC.docs" })).status).toBe(200);
});

test("an encrypted key is read with its passphrase, and one line for the whole PEM is understood", async () => {
  const passphrase = "correct horse battery staple";
  const encrypted = createPrivateKey(privateKey)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase })
    .toString();
  const agent = await start({
    SNOWFLAKE_PRIVATEKEY: encrypted.replaceAll("\n", "\\n"),
    SNOWFLAKE_PRIVATEKEYPASSPHRASE: passphrase,
  });
  await agent.ready();
});

test("a key that rotates in Secrets Manager is used without a restart", async () => {
  const next = keyPair();
  const secret = await startSecrets({ account: "testorg-test", user: "agent", privateKey });
  try {
    const agent = await start({
      SNOWFLAKE_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:1:secret:snowflake",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secret.url,
      SNOWFLAKE_GRANTS_SECONDS: "1",
    });
    await agent.ready();
    const reads = secret.reads();
    secret.set({ account: "testorg-test", user: "agent", private_key: next.privateKey });
    await setUser({ keys: [next.publicKey] });
    await snowflake.change({ faults: [{ match: "SHOW GRANTS", code: "390114", message: "expired", times: 1 }] });
    await until("it logs in again", async () => (await snowflake.asked("login")).length >= 2);
    await agent.ready();
    expect((await agent.post("/query", { sql: "select 1" })).status).toBe(200);
    const search = await agent.post("/search", { query: "x", service: "docs" });
    expect(search.status, "REST calls sign with the new key too").toBe(200);
    expect(secret.reads()).toBeGreaterThan(reads);
  } finally {
    await secret.stop();
  }
});

test("neither key, passphrase nor tokens reach logs, answers or the command line, whatever goes wrong", async () => {
  const passphrase = "canary-passphrase-3f2a";
  const encrypted = createPrivateKey(privateKey)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase })
    .toString();
  const answers: string[] = [];
  for (const env of [
    { LOG_LEVEL: "trace" },
    { LOG_LEVEL: "trace", SNOWFLAKE_PRIVATEKEY: encrypted, SNOWFLAKE_PRIVATEKEYPASSPHRASE: `${passphrase}-wrong` },
    { LOG_LEVEL: "trace", SNOWFLAKE_PRIVATEKEY: privateKey.slice(0, 400) },
    { LOG_LEVEL: "trace", SNOWFLAKE_PRIVATEKEY: "", SNOWFLAKE: JSON.stringify({ privateKey }) },
  ]) {
    const agent = await start(env);
    for (const [path, body] of [
      ["/query", { sql: "select nope" }],
      ["/search", { query: "x", service: "docs" }],
      ["/complete", { prompt: "x", stream: true }],
    ] as const) {
      answers.push((await agent.post(path, body)).text);
    }
    answers.push((await agent.ready(answers.at(-3)?.includes("PrivateKeyInvalid") ? 503 : 200)).text);
    await agent.stop();
    answers.push(...agent.logs, ...agent.process.spawnargs);
  }
  const all = answers.join("\n");
  expect(all).toContain("PrivateKeyInvalid");
  expect(all, "the driver's own lines are among them").toContain("snowflake-sdk");
  for (const secret of [...secretLines(privateKey), ...secretLines(encrypted), passphrase]) {
    expect(all.includes(secret), `a line of a secret is told: ${secret.slice(0, 6)}…`).toBe(false);
  }
  expect(all).not.toMatch(/\beyJ[\w-]{20,}/);
}, 60_000);

test("what is missing in the environment is listed, with what wires it, and the agent exits with 78", async () => {
  const agent = await startCortexExit({ SNOWFLAKE_ACCOUNT: "https://x", SNOWFLAKE_USER: "", SNOWFLAKE_PRIVATEKEY: "" });
  expect(agent.status).toBe(78);
  expect(agent.line.level).toBe("fatal");
  for (const name of ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY"])
    expect(agent.line.msg).toContain(name);
  expect(agent.line.msg).toContain("secretRef: { name: snowflake }");
});

async function startCortexExit(env: NodeJS.ProcessEnv): Promise<{ status: unknown; line: Record<string, unknown> }> {
  const agent = await startAgent({ main: new URL("main.ts", import.meta.url), env, until: false });
  const status = await agent.exited;
  return { status, line: agent.entries().at(-1) ?? {} };
}

/** The one call of Secrets Manager that is needed, by its wire: GetSecretValue. */
async function startSecrets(first: Record<string, string>) {
  let value = first;
  let reads = 0;
  const server: Server = createServer((_request, response) => {
    reads += 1;
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ Name: "snowflake", SecretString: JSON.stringify(value) }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    reads: () => reads,
    set: (next: Record<string, string>) => {
      value = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
