import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Door, MODEL, openDoor } from "./testing/door.ts";

let door: Door;
beforeAll(async () => {
  door = await openDoor({ MAX_BODY_BYTES: "2048" });
});
afterAll(() => door.stop());

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });

describe("a request that is wrong is refused with the field", () => {
  test.each<[string, object, RegExp]>([
    ["no input", {}, /body.*input.*is missing/],
    ["blank input", { input: " \n" }, /input.*blank/],
    ["input that is no text", { input: 7 }, /input.*string/],
    ["a field that there is not", { input: "x", inputs: "y" }, /inputs/],
    ["a session id that AWS would refuse", { input: "x", sessionId: "with space" }, /sessionId.*letters, digits/],
    ["a route of no form", { input: "x", route: { lambda: 1 } }, /route.*one of \{model: name or true\}/],
    ["two routes", { input: "x", route: { model: MODEL, agent: "support" } }, /route.*one of/],
    ["ids that AWS would refuse", { input: "x", route: { agent: { agentId: "../..", agentAliasId: "A" } } }, /route/],
    ["an operation that Cortex has not", { input: "x", route: { cortex: { operation: "drop" } } }, /route/],
    ["a conversation that begins with the assistant", { input: "x", messages: [assistant("a"), user("b")] }, /role/],
    ["a conversation that ends with the user", { input: "x", messages: [user("a")] }, /must end with the assistant/],
    ["a conversation for an agent", { input: "x", messages: [], route: { agent: "support" } }, /messages.*models only/],
    ["a temperature beyond", { input: "x", options: { temperature: 3 } }, /temperature/],
    ["results without an agent", { options: { returnControl: { invocationId: "i", results: [] } } }, /returnControl/],
  ])("%s", async (_, body, message) => {
    for (const path of ["/invoke", "/invoke/stream"]) {
      const answer = await door.post(path, body);
      const { error }: Answer = await answer.json();
      expect([answer.status, error.code]).toEqual([400, "InvalidRequest"]);
      expect(error.message).toMatch(message);
    }
    expect(door.bedrock.calls).toEqual([]);
  });

  test("an idempotency key that is none", async () => {
    const { status, body } = await door.invoke({ input: "x" }, { "idempotency-key": "x".repeat(200) });
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/idempotency-key.*128/);
  });

  test("malformed JSON, another media type, and a body too large", async () => {
    const json = { "content-type": "application/json" };
    const send = (body: string, headers: Record<string, string>) =>
      fetch(`${door.url}/invoke`, { method: "POST", body, headers }).then(({ status }) => status);
    expect(await send("{", json)).toBe(400);
    expect(await send("<x/>", { "content-type": "text/xml" })).toBe(415);
    expect(await send(JSON.stringify({ input: "x".repeat(3_000) }), json)).toBe(413);
  });
});

test("without models and Bedrock agents each route says what would wire it", async () => {
  const bare = await openDoor({ BEDROCK_MODELS: "", BEDROCK_AGENTS: "" });
  for (const [route, entry] of [
    [undefined, /bedrock\.models/],
    [{ model: MODEL }, /bedrock\.models/],
    [{ agent: "support" }, /BEDROCK_AGENTS.*invokeAgents/],
  ] as const) {
    const { status, body } = await bare.invoke({ input: "x", route });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "RouteNotConfigured", message: expect.stringMatching(entry) });
  }
  await bare.stop();
});

test("tells where requests can go", async () => {
  const routes: Answer = await fetch(`${door.url}/routes`).then((answer) => answer.json());
  expect(routes).toMatchObject({ models: [MODEL, expect.any(String)], workflow: false, cortex: false });
  expect(routes.agents.map(({ name }: Answer) => name)).toEqual(["support", "billing"]);
});

test("the session is the body's, else the header's where AWS would take it, and stands in the log", async () => {
  door.bedrock.play([{ answer: {} }]);
  const route = { agent: "support" };
  const sessions = [];
  for (const [sessionId, header] of [
    ["from-body", "from-header"],
    [undefined, "from-header"],
    [undefined, "no/good"],
  ]) {
    const { body } = await door.invoke({ input: "x", sessionId, route }, { "x-session-id": header ?? "" });
    sessions.push(body.sessionId);
  }
  expect(sessions).toEqual(["from-body", "from-header", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  const lines = door.logs.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "POST /invoke");
  expect(lines.slice(-3).map((line) => line.session_id)).toEqual(sessions);
});

test("the OpenAPI document has both doors with their body, answers and errors", async () => {
  const { paths, openapi }: Answer = await fetch(`${door.url}/openapi.json`).then((answer) => answer.json());
  expect(openapi).toBe("3.1.0");
  for (const path of ["/invoke", "/invoke/stream"]) {
    const { post } = paths[path];
    expect(post.requestBody.content["application/json"].schema).toBeDefined();
    expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(["400", "401", "429", "502", "503", "504"]));
  }
  expect(paths["/invoke/stream"].post.responses["200"].content["text/event-stream"].schema).toBeDefined();
  expect(paths["/invoke"].post.responses["200"].content["application/json"].schema).toBeDefined();
});

test("a request that takes too long is ended, and so is its call of Bedrock", async () => {
  const quick = await openDoor({ REQUEST_TIMEOUT_SECONDS: "1" });
  quick.bedrock.play([{ answer: { delayMs: 5_000 } }]);
  const { status, body } = await quick.invoke({ input: "x" });
  expect(status).toBe(504);
  expect(body.error).toMatchObject({ code: "RequestTimeout", retryable: true });
  for (let tries = 0; quick.bedrock.calls[0]?.outcome !== "gone" && tries < 100; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(quick.bedrock.calls[0]?.outcome).toBe("gone");
  await quick.stop();
});

describe("with an issuer of tokens", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const token = (subject: string, audience = "front-door") =>
    new SignJWT({})
      .setProtectedHeader({ alg: "ES256" })
      .setSubject(subject)
      .setIssuer("https://issuer.example")
      .setAudience(audience)
      .setExpirationTime("5m")
      .sign(privateKey);
  const bearer = async (subject: string, audience?: string) => ({
    authorization: `Bearer ${await token(subject, audience)}`,
  });
  let guarded: Door;
  beforeAll(async () => {
    guarded = await openDoor({
      AUTH_ISSUER: "https://issuer.example",
      AUTH_AUDIENCE: "front-door",
      AUTH_PUBLIC_KEY: await exportSPKI(publicKey),
    });
  });
  afterAll(() => guarded.stop());

  test("nobody comes in without a token for this door", async () => {
    for (const headers of [{}, { authorization: "Bearer x" }, await bearer("ann", "another")]) {
      for (const path of ["/invoke", "/invoke/stream"]) {
        const answer = await guarded.post(path, { input: "x" }, { headers });
        expect(answer.status).toBe(401);
      }
      expect((await fetch(`${guarded.url}/routes`, { headers })).status).toBe(401);
    }
    expect(guarded.bedrock.calls).toEqual([]);
    expect((await fetch(`${guarded.url}/health`)).status).toBe(200);
    const { paths }: Answer = await fetch(`${guarded.url}/openapi.json`).then((answer) => answer.json());
    expect(paths["/invoke"].post.security).toEqual([{ bearer: [] }]);
  });

  test("callers' sessions with a Bedrock agent are apart, even of the same id", async () => {
    guarded.bedrock.play([{ answer: {} }]);
    const request = { input: "x", sessionId: "shared", route: { agent: "support" } };
    for (const subject of ["ann", "bob", "ann"]) {
      const { body } = await guarded.invoke(request, await bearer(subject));
      expect(body.sessionId).toBe("shared");
    }
    const [ann, bob, again] = guarded.bedrock.calls.map(({ sessionId }) => sessionId);
    expect(ann).not.toBe(bob);
    expect(again).toBe(ann);
  });

  test("a caller's idempotency key is not another's", async () => {
    guarded.bedrock.play([{ times: 1, answer: { text: ["for ann"] } }, { answer: { text: ["for bob"] } }]);
    const key = { "idempotency-key": "k-1" };
    const outputs = [];
    for (const subject of ["ann", "bob", "ann"])
      outputs.push((await guarded.invoke({ input: "x" }, { ...(await bearer(subject)), ...key })).body.output);
    expect(outputs).toEqual(["for ann", "for bob", "for ann"]);
  });

  test("tokens and credentials come into no log line and no metric", async () => {
    const headers = await bearer("canary-subject");
    guarded.bedrock.play([{ answer: { refuse: { status: 403, type: "AccessDeniedException", message: "no" } } }]);
    await guarded.invoke({ input: "x" }, headers);
    await guarded.invoke({ input: "x" }, { authorization: `${headers.authorization}x` });
    const written = guarded.logs.join("") + JSON.stringify(guarded.metrics);
    expect(written).toContain("AccessDeniedException");
    expect(written).not.toContain(headers.authorization.slice(7, 60));
    expect(written).not.toContain("test-test");
  });
});
