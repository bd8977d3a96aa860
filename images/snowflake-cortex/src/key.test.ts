import { createPrivateKey, createPublicKey, generateKeyPairSync, hash } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { accountOf } from "./account.ts";
import { keyPairOf } from "./key.ts";
import { signToken } from "./token.ts";

const { privateKey: pem, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

test("the fingerprint is the one that DESCRIBE USER shows", () => {
  expect(keyPairOf(pem).fingerprint).toBe(`SHA256:${hash("sha256", publicKey, "base64")}`);
});

test("PKCS #1, one-line and encrypted keys are the same key", () => {
  const key = createPrivateKey(pem);
  const passphrase = "pass";
  const forms: [string, string?][] = [
    [key.export({ type: "pkcs1", format: "pem" }).toString()],
    [pem.replaceAll("\n", "\\n")],
    [key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString(), passphrase],
  ];
  for (const [text, given] of forms) expect(keyPairOf(text, given).pem).toBe(keyPairOf(pem).pem);
});

test("a key that cannot be used is refused with the reason, and without a word of it", () => {
  const encrypted = createPrivateKey(pem)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "right" })
    .toString();
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const refusals: [string, string | undefined, RegExp][] = [
    ["not a key at all", undefined, /no private key in PEM/],
    [pem.slice(0, 500), undefined, /no private key in PEM/],
    [encrypted, undefined, /encrypted, and no passphrase/],
    [encrypted, "wrong", /passphrase does not fit/],
    [ec.toString(), undefined, /type ec, not RSA/],
  ];
  for (const [text, passphrase, why] of refusals) {
    const refusal = () => keyPairOf(text, passphrase);
    expect(refusal).toThrow(why);
    expect(refusal).toThrow(expect.objectContaining({ code: "PrivateKeyInvalid", status: 500, retryable: false }));
    expect(refusal).not.toThrow(text.slice(-60, -40) || text);
  }
});

test("what is derived from a key differs by purpose, and not by replica", () => {
  expect(keyPairOf(pem).derive("a")).toEqual(keyPairOf(pem).derive("a"));
  expect(keyPairOf(pem).derive("a")).not.toEqual(keyPairOf(pem).derive("b"));
});

test("a token names account, user and key as Snowflake wants it, and lives for less than an hour", async () => {
  const pair = keyPairOf(pem);
  const now = Math.floor(Date.now() / 1_000);
  const token = await signToken(accountOf("my_org-my_account"), "svc.agents@x", pair, now);
  const { payload } = await jwtVerify(token, createPublicKey(pair.privateKey));
  expect(decodeProtectedHeader(token).alg).toBe("RS256");
  expect(payload).toEqual({
    iss: `MY_ORG-MY_ACCOUNT.SVC.AGENTS@X.${pair.fingerprint}`,
    sub: "MY_ORG-MY_ACCOUNT.SVC.AGENTS@X",
    iat: now,
    exp: now + 3_000,
  });
});

test.each([
  ["MyOrg-My_Account", undefined, "https://myorg-my-account.snowflakecomputing.com", "MYORG-MY_ACCOUNT"],
  ["xy12345.eu-west-1", undefined, "https://xy12345.eu-west-1.snowflakecomputing.com", "XY12345"],
  ["xy12345.us-east-2.aws", "https://x.privatelink", "https://x.privatelink", "XY12345"],
])("account %s is where and named as the documentation says", (identifier, url, address, name) => {
  expect(accountOf(identifier, url)).toEqual({ url: address, name, identifier });
});
