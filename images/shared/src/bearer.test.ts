import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Tokens } from "./bearer.ts";

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let keys: Keys;
let others: Keys;
let publicKey: string;
beforeAll(async () => {
  keys = await generateKeyPair("ES256", { extractable: true });
  others = await generateKeyPair("ES256", { extractable: true });
  publicKey = await exportSPKI(keys.publicKey);
});

const seconds = () => Math.floor(Date.now() / 1_000);
const claims = () => ({ iss: "https://issuer", aud: "workflows", sub: "ann", exp: seconds() + 60, iat: seconds() });
const token = (payload: Record<string, unknown>, key = keys.privateKey, header = { alg: "ES256", kid: "k1" }) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key);
const tokens = () => new Tokens({ issuer: "https://issuer", audience: "workflows", publicKey });
const unauthenticated = (message: RegExp) =>
  expect.objectContaining({
    code: "Unauthenticated",
    status: 401,
    retryable: false,
    message: expect.stringMatching(message),
  });

describe("a bearer token", () => {
  it("names its caller", async () => {
    const caller = await tokens().verify(`Bearer ${await token({ ...claims(), roles: ["workflow-approver"] })}`);
    expect(caller.subject).toBe("ann");
    expect(caller.claims.roles).toEqual(["workflow-approver"]);
  });

  it.each([
    ["is missing", undefined, /Authorization: Bearer <token> is missing/],
    ["is no bearer token", "Basic abc", /not of the form/],
    ["is malformed", "Bearer abc", /malformed/],
    ["is malformed in its parts", "Bearer a.b.c", /malformed/],
    ["is huge", `Bearer ${"a".repeat(20_000)}`, /too long/],
  ])("that %s is refused", async (_what, header, message) => {
    await expect(tokens().verify(header)).rejects.toEqual(unauthenticated(message));
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["has expired", { exp: 1_000 }, /expired/],
    ["never expires", { exp: undefined }, /claim exp is missing/],
    ["is not yet valid", { nbf: seconds() + 3_600 }, /claim nbf/],
    ["is of another issuer", { iss: "https://other" }, /claim iss is not the one/],
    ["is for another audience", { aud: "billing" }, /claim aud is not the one/],
    ["names nobody", { sub: undefined }, /claim sub is missing/],
  ])("that %s is refused, and it says why", async (_what, change, message) => {
    await expect(tokens().verify(`Bearer ${await token({ ...claims(), ...change })}`)).rejects.toEqual(
      unauthenticated(message),
    );
  });

  it("may be a minute off the clock, and no more", async () => {
    await expect(tokens().verify(`Bearer ${await token({ ...claims(), exp: seconds() - 55 })}`)).resolves.toBeDefined();
    await expect(tokens().verify(`Bearer ${await token({ ...claims(), exp: seconds() - 65 })}`)).rejects.toEqual(
      unauthenticated(/expired/),
    );
    await expect(tokens().verify(`Bearer ${await token({ ...claims(), nbf: seconds() + 55 })}`)).resolves.toBeDefined();
  });

  it("signed by another key is refused", async () => {
    await expect(tokens().verify(`Bearer ${await token(claims(), others.privateKey)}`)).rejects.toEqual(
      unauthenticated(/signature is wrong/),
    );
  });

  it("without a signature, or signed with the public key as a shared secret, is refused", async () => {
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims())).toString("base64url")}.`;
    await expect(tokens().verify(`Bearer ${none}`)).rejects.toEqual(unauthenticated(/refused/));
    const shared = await new SignJWT(claims()).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(publicKey));
    await expect(tokens().verify(`Bearer ${shared}`)).rejects.toEqual(unauthenticated(/algorithm is not allowed/));
  });

  it("is not quoted in its refusal", async () => {
    const text = await token(claims(), others.privateKey);
    const error = await tokens()
      .verify(`Bearer ${text}`)
      .catch((refused: Error) => refused);
    expect(JSON.stringify([String(error), (error as Error).stack])).not.toContain(text.slice(0, 30));
  });
});

describe("keys by URL", () => {
  let issuer: Server;
  let asked = 0;
  afterEach(() => issuer.close());

  async function jwks(answer: () => Promise<{ status: number; body: unknown }>): Promise<string> {
    asked = 0;
    issuer = createServer(async (_request, response) => {
      asked += 1;
      const { status, body } = await answer();
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    }).listen(0, "127.0.0.1");
    await once(issuer, "listening");
    const address = issuer.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/jwks`;
  }

  it("are read once for many tokens", async () => {
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "ES256" };
    const jwksUrl = await jwks(async () => ({ status: 200, body: { keys: [jwk] } }));
    const checker = new Tokens({ issuer: "https://issuer", audience: "workflows", jwksUrl });
    for (let count = 0; count < 3; count += 1) {
      expect((await checker.verify(`Bearer ${await token(claims())}`)).subject).toBe("ann");
    }
    expect(asked).toBe(1);
    const unknown = await token(claims(), others.privateKey, { alg: "ES256", kid: "k9" });
    await expect(checker.verify(`Bearer ${unknown}`)).rejects.toEqual(unauthenticated(/none of the issuer's/));
  });

  it("that cannot be read are no fault of the caller: 503, and try again", async () => {
    const jwksUrl = await jwks(async () => ({ status: 500, body: {} }));
    const checker = new Tokens({ issuer: "https://issuer", audience: "workflows", jwksUrl });
    await expect(checker.verify(`Bearer ${await token(claims())}`)).rejects.toMatchObject({
      code: "TokenKeysUnavailable",
      status: 503,
      retryable: true,
    });
  });
});

it("one kind of key is to be given, not both and not none", () => {
  const base = { issuer: "i", audience: "a" };
  expect(() => new Tokens(base)).toThrow(/one of the two/);
  expect(() => new Tokens({ ...base, jwksUrl: "http://127.0.0.1/", publicKey })).toThrow(/one of the two/);
});
