import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Json } from "./message.ts";
import { createMessage, keyIdOf, signMessage } from "./sign.ts";

/** An Ed25519 key pair of raw bytes: RFC 8410 wraps them in these. */
function keysOf(seed: string, publicKey: string): { privateKey: KeyObject; publicKey: KeyObject } {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(seed, "hex")]);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(publicKey, "hex")]);
  return {
    privateKey: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
    publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
  };
}

describe("Ed25519 as it is used here", () => {
  it.each([
    {
      test: 1,
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      message: "",
      signature:
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    },
    {
      test: 2,
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      message: "72",
      signature:
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    {
      test: 3,
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    },
  ])("is RFC 8032's, test $test of section 7.1", ({ seed, key, message, signature }) => {
    const { privateKey, publicKey } = keysOf(seed, key);
    const bytes = Buffer.from(message, "hex");
    expect(sign(null, bytes, privateKey).toString("hex")).toBe(signature);
    expect(verify(null, bytes, publicKey, Buffer.from(signature, "hex"))).toBe(true);
  });

  it("names a key by the thumbprint of RFC 8037, appendix A.3, the private and the public one alike", () => {
    const { privateKey, publicKey } = keysOf(
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
    expect(keyIdOf(publicKey)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    expect(keyIdOf(privateKey)).toBe(keyIdOf(publicKey));
  });

  it("signs with nothing but Ed25519", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const message = createMessage({ performative: "inform", sender: "a", receiver: "b", content: 1 });
    expect(() => signMessage(message, privateKey, "k")).toThrow(/Ed25519/);
  });
});

describe("a new message", () => {
  const parts = { performative: "request", sender: "langgraph", receiver: "snowflake-cortex", content: "q" } as const;

  it("has a conversation, an id of its own and the time of now", () => {
    const now = new Date("2026-01-02T03:04:05.678Z");
    const [one, two] = [createMessage(parts, now), createMessage(parts, now)];
    expect(one.timestamp).toBe("2026-01-02T03:04:05.678Z");
    expect(one.messageId).not.toBe(two.messageId);
    expect(one.conversationId).not.toBe(two.conversationId);
  });

  it.each<[string, Json]>([
    ["half a surrogate pair", "\ud800"],
    ["an infinite number", Number.POSITIVE_INFINITY],
    ["a field named __proto__", JSON.parse('{"__proto__": 1}') as Json],
    ["a date", new Date() as unknown as Json],
    ["undefined", { a: undefined } as unknown as Json],
    ["34 levels", JSON.parse(`${"[".repeat(34)}${"]".repeat(34)}`) as Json],
  ])("is refused with content that has %s", (_what, content) => {
    expect(() => createMessage({ ...parts, content })).toThrow(expect.objectContaining({ code: "MessageMalformed" }));
  });
});
