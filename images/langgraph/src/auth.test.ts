import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Approvers } from "./auth.ts";

const issuer = "https://login.example.com/";
const audience = "workflows";
const CANARY = "canary-5d1f9e";

let privateKey: CryptoKey;
let publicKey: string;

beforeAll(async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  privateKey = pair.privateKey;
  publicKey = await exportSPKI(pair.publicKey);
});

const approvers = (claim = "roles", value = "workflow-approver") =>
  new Approvers({ issuer, audience, publicKey, claim, value });

async function bearer(claims: Record<string, unknown>, key: CryptoKey = privateKey): Promise<string> {
  const token = new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "k1" }).setSubject("ada");
  return `Bearer ${await token.setIssuer(issuer).setAudience(audience).setExpirationTime("5m").sign(key)}`;
}

describe("an approver's token", () => {
  it.each([
    ["a list that has it", "roles", { roles: ["reader", "workflow-approver"] }],
    ["the word itself", "roles", { roles: "workflow-approver" }],
    ["a word of a scope", "scope", { scope: "openid workflow-approver" }],
    ["a member of an object", "realm_access.roles", { realm_access: { roles: ["workflow-approver"] } }],
    ["a name with dots", "https://example.com/roles", { "https://example.com/roles": ["workflow-approver"] }],
  ])("may decide by %s", async (_form, claim, claims) => {
    await expect(approvers(claim).approver(await bearer(claims))).resolves.toBe("ada");
  });

  it.each([
    ["no such claim", {}, 'has no claim "roles"'],
    ["a claim without it", { roles: ["reader"] }, 'has a claim "roles" without that'],
    ["a longer word", { roles: "workflow-approvers" }, 'has a claim "roles" without that'],
    ["an object that inherits", { roles: { "workflow-approver": true } }, 'has a claim "roles" without that'],
  ])("is forbidden with %s, and the message says which claim is missing", async (_case, claims, says) => {
    const refusal = approvers().approver(await bearer(claims));
    await expect(refusal).rejects.toMatchObject({ code: "Forbidden", status: 403 });
    await expect(refusal).rejects.toThrow(/"workflow-approver" in the claim "roles"/);
    await expect(refusal).rejects.toThrow(says);
  });

  it("does not find claims in what every object has", async () => {
    const refusal = approvers("constructor.name", "Object").approver(await bearer({ roles: [] }));
    await expect(refusal).rejects.toMatchObject({ code: "Forbidden" });
  });

  it("is unauthenticated when it is missing, malformed or signed by another", async () => {
    const other = await generateKeyPair("ES256");
    const forged = await bearer({ roles: ["workflow-approver"] }, other.privateKey);
    for (const header of [undefined, "", "Basic YTpi", `Bearer ${CANARY}`, forged]) {
      await expect(approvers().approver(header)).rejects.toMatchObject({ code: "Unauthenticated", status: 401 });
    }
  });

  it("is repeated in no message", async () => {
    const token = await bearer({ roles: ["reader"], note: CANARY });
    const refusal: Error = await approvers()
      .approver(token)
      .then(
        () => expect.unreachable(),
        (error) => error,
      );
    expect(refusal.message).not.toContain(token.slice(7, 40));
    expect(refusal.message).not.toContain(CANARY);
  });

  it("is checked by the keys that the issuer publishes", async () => {
    const { publicKey: key, privateKey: signing } = await generateKeyPair("ES256", { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(key)), kid: "k1", alg: "ES256" }] };
    const server = createServer((_request, response) => response.end(JSON.stringify(keys))).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const byUrl = new Approvers({ issuer, audience, jwksUrl, claim: "roles", value: "workflow-approver" });
    const token = await bearer({ roles: ["workflow-approver"] }, signing);
    await expect(byUrl.approver(token)).resolves.toBe("ada");
    await expect(approvers().approver(token)).rejects.toMatchObject({ code: "Unauthenticated" });
  });
});

describe("without anybody to believe", () => {
  it("nobody may decide, and is told what to configure; who calls otherwise is anonymous", async () => {
    const unconfigured = new Approvers(undefined);
    const token = await bearer({ roles: ["workflow-approver"] });
    const refusal = unconfigured.approver(token);
    await expect(refusal).rejects.toMatchObject({ code: "ApprovalsNotConfigured", status: 503, retryable: false });
    await expect(refusal).rejects.toThrow(/APPROVAL_ISSUER/);
    await expect(unconfigured.caller(token)).resolves.toBe("anonymous");
  });
});

describe("a caller", () => {
  it("is anonymous without a token, and named by a good one, whatever it claims", async () => {
    await expect(approvers().caller(undefined)).resolves.toBe("anonymous");
    await expect(approvers().caller(await bearer({}))).resolves.toBe("ada");
  });

  it("is refused with a bad token rather than taken for anonymous", async () => {
    await expect(approvers().caller(`Bearer ${CANARY}`)).rejects.toMatchObject({ code: "Unauthenticated" });
  });
});
