import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Json, MAX_MESSAGE_BYTES, PERFORMATIVES, type SignedMessage } from "./message.ts";
import { SeenMessages } from "./seen.ts";
import { createMessage, keyIdOf, signMessage } from "./sign.ts";
import { parseMessage, verifyMessage } from "./verify.ts";

const alice = generateKeyPairSync("ed25519");
const mallory = generateKeyPairSync("ed25519");
const keys = new Map([
  [keyIdOf(alice.publicKey), { sender: "alice", publicKey: alice.publicKey }],
  [keyIdOf(mallory.publicKey), { sender: "mallory", publicKey: mallory.publicKey }],
]);
const now = new Date("2026-05-05T12:00:00.000Z");
const at = (ms: number) => new Date(now.getTime() + ms);

function signed(content: Json = { question: "?" }, madeAt = now): SignedMessage {
  const citation = [{ source: "s3://bucket/report.md", title: "Report", quote: "as it is" }];
  const parts = { performative: "query-ref", sender: "alice", receiver: "bob", content, citation } as const;
  return signMessage(createMessage(parts, madeAt), alice.privateKey);
}

const check = (message: unknown, options: { at?: Date; seen?: SeenMessages; receiver?: string } = {}) =>
  verifyMessage(message, {
    keys,
    receiver: options.receiver ?? "bob",
    now: options.at ?? now,
    seen: (options.seen ?? new SeenMessages()).admit,
  });
const refused = (code: string) => expect.objectContaining({ name: "MessageRefused", code });

describe("a received message", () => {
  it("is admitted as its sender made it, also by way of its text and with its fields in another order", async () => {
    const message = signed();
    await expect(check(message)).resolves.toEqual(message);
    await expect(check(parseMessage(JSON.stringify(message)))).resolves.toEqual(message);
    const reversed = Object.fromEntries(Object.entries(message).reverse());
    await expect(check(parseMessage(JSON.stringify(reversed, null, 2)))).resolves.toEqual(message);
  });

  it("is refused when it comes again", async () => {
    const seen = new SeenMessages();
    const message = signed();
    await check(message, { seen });
    await expect(check(message, { seen, at: at(1_000) })).rejects.toEqual(refused("MessageReplayed"));
  });

  it("is refused again by the time, or by memory, at every moment after it was admitted", async () => {
    const seen = new SeenMessages();
    const message = signed();
    await check(message, { seen, at: at(-60_000) });
    for (let ms = -60_000; ms <= 700_000; ms += 7_919) {
      await check(signed("other", at(ms)), { seen, at: at(ms) });
      const code = ms <= 300_000 ? "MessageReplayed" : "MessageStale";
      await expect(check(message, { seen, at: at(ms) })).rejects.toEqual(refused(code));
    }
  });

  it("is not admitted again when the clock is set back after it was forgotten", async () => {
    const seen = new SeenMessages({ max: 1 });
    const message = signed();
    await check(message, { seen });
    await check(signed("later", at(400_000)), { seen, at: at(400_000) });
    expect(seen.size).toBe(1);
    await expect(check(message, { seen, at: now })).rejects.toEqual(refused("MessageReplayed"));
  });

  it("is stale after its longest age, and not before", async () => {
    await expect(check(signed(), { at: at(300_000) })).resolves.toBeDefined();
    await expect(check(signed(), { at: at(300_001) })).rejects.toEqual(refused("MessageStale"));
  });

  it("may be from a clock that is a minute ahead, and no more", async () => {
    await expect(check(signed(), { at: at(-60_000) })).resolves.toBeDefined();
    await expect(check(signed(), { at: at(-60_001) })).rejects.toEqual(refused("MessageFromFuture"));
  });

  it("is refused by whom it is not for", async () => {
    await expect(check(signed(), { receiver: "carol" })).rejects.toEqual(refused("WrongReceiver"));
  });

  it("is refused when its key is unknown", async () => {
    const stranger = generateKeyPairSync("ed25519");
    const { signature: _, ...unsigned } = signed();
    await expect(check(signMessage(unsigned, stranger.privateKey))).rejects.toEqual(refused("UnknownKey"));
  });

  it("is refused when it is signed by the trusted key of somebody else", async () => {
    const { signature: _, ...unsigned } = signed();
    const forged = signMessage(unsigned, mallory.privateKey);
    await expect(check(forged)).rejects.toEqual(refused("WrongSender"));
    const claimed = { ...forged, signature: { ...forged.signature, keyId: keyIdOf(alice.publicKey) } };
    await expect(check(claimed)).rejects.toEqual(refused("SignatureInvalid"));
  });

  it("leaves no trace when it is refused, so that nobody can block or fill the memory without a key", async () => {
    const seen = new SeenMessages();
    const message = signed();
    await expect(check({ ...message, content: "altered" }, { seen })).rejects.toEqual(refused("SignatureInvalid"));
    expect(seen.size).toBe(0);
    await expect(check(message, { seen })).resolves.toEqual(message);
  });

  it("is refused with another text of the same signature", async () => {
    const message = signed();
    const { value } = message.signature;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(value.at(-1) ?? "");
    const twin = value.slice(0, -1) + alphabet[last + 1];
    expect(Buffer.from(twin, "base64url")).toEqual(Buffer.from(value, "base64url"));
    const altered = { ...message, signature: { ...message.signature, value: twin } };
    await expect(check(altered)).rejects.toEqual(refused("SignatureInvalid"));
  });

  it.each([
    ["a field that is not known", (m: SignedMessage) => ({ ...m, priority: 1 })],
    ["an unknown field in its signature", (m: SignedMessage) => ({ ...m, signature: { ...m.signature, x: 1 } })],
    ["an unknown field in a citation", (m: SignedMessage) => ({ ...m, citation: [{ source: "s", page: 1 }] })],
    ["a field less", ({ content: _, ...m }: SignedMessage) => m],
    ["a performative that FIPA does not know", (m: SignedMessage) => ({ ...m, performative: "shout" })],
    ["a time without a zone", (m: SignedMessage) => ({ ...m, timestamp: "2026-05-05T12:00:00.000" })],
    ["a time of another zone", (m: SignedMessage) => ({ ...m, timestamp: "2026-05-05T14:00:00.000+02:00" })],
    ["a day that does not exist", (m: SignedMessage) => ({ ...m, timestamp: "2026-02-30T12:00:00.000Z" })],
    ["an id of 129 characters", (m: SignedMessage) => ({ ...m, messageId: "x".repeat(129) })],
    ["another algorithm", (m: SignedMessage) => ({ ...m, signature: { ...m.signature, algorithm: "none" } })],
    ["101 citations", (m: SignedMessage) => ({ ...m, citation: Array(101).fill({ source: "s" }) })],
  ])("is malformed with %s", async (_what, alter) => {
    await expect(check(alter(signed()))).rejects.toEqual(refused("MessageMalformed"));
  });

  it.each([["null"], ["[]"], ['"text"'], ["{"], [""], ["{}"]])("is malformed when its text is %s", (text) => {
    expect(() => parseMessage(text)).toThrow(refused("MessageMalformed"));
  });

  it("is refused unread when its text is far too long", () => {
    expect(() => parseMessage(`"${"x".repeat(2 * MAX_MESSAGE_BYTES)}"`)).toThrow(refused("MessageTooLarge"));
  });

  it("is refused while the memory is full of fresh ones, and admitted once they are stale", async () => {
    const seen = new SeenMessages({ max: 3 });
    for (const content of [1, 2, 3]) await check(signed(content), { seen });
    await expect(check(signed(4), { seen })).rejects.toEqual(refused("ReplayStoreFull"));
    await expect(check(signed(5, at(300_001)), { seen, at: at(300_001) })).resolves.toBeDefined();
    expect(seen.size).toBe(1);
  });
});

/** Small and fast random numbers (mulberry32), so that a failing test can be run again by its seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, field]) => pathsOf(field, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (name === undefined) return change(value);
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  copy[name] = replaced(copy[name], rest, change);
  return copy;
}

describe("any message", () => {
  const seed = Number(process.env.ENVELOPE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const word = () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick([...'abc-.:/09Zé€😀\n"\\ '])).join("");
  const json = (depth = 0): Json => {
    const kind = Math.floor(random() * (depth > 3 ? 4 : 6));
    if (kind === 0) return null;
    if (kind === 1) return random() < 0.5;
    if (kind === 2) return pick([0, 1, -1.5, 1e21, 1e-7, random(), Math.floor(random() * 2 ** 53)]);
    if (kind === 3) return word();
    const items = Array.from({ length: Math.floor(random() * 4) }, () => json(depth + 1));
    return kind === 4 ? items : Object.fromEntries(items.map((item) => [word(), item]));
  };
  const changed = (old: unknown): unknown => {
    if (typeof old === "string") {
      const index = Math.floor(random() * (old.length + 1));
      const other = pick([..."abcdefgh0123"].filter((letter) => letter !== old[index]));
      const text = old.slice(0, index) + other + old.slice(index + (random() < 0.7 ? 1 : 0));
      return text === old ? `${old}x` : text;
    }
    if (typeof old === "number") return old === 0 ? 1 : pick([-old, old * 2 + 1, String(old)]);
    if (typeof old === "boolean") return !old;
    if (old === null) return pick([false, "", {}]);
    if (Array.isArray(old)) return old.length > 0 && random() < 0.5 ? old.slice(1) : [...old, "x"];
    return { ...(old as object), [`${word()}!`]: "x" };
  };

  it(`is refused whichever one of its fields is altered (ENVELOPE_SEED=${seed})`, async () => {
    let alterations = 0;
    for (let round = 0; round < 60; round += 1) {
      const content = json();
      const parts = { performative: pick(PERFORMATIVES), sender: "alice", receiver: "bob", content } as const;
      const citation = random() < 0.5 ? [{ source: word(), quote: word() }] : [];
      const message = signMessage(createMessage({ ...parts, citation }, now), alice.privateKey);
      await expect(check(JSON.parse(JSON.stringify(message)))).resolves.toEqual(message);
      for (const path of pathsOf(message)) {
        const altered = replaced(message, path, changed);
        const seen = new SeenMessages();
        const outcome = await check(altered, { seen }).then(
          () => "admitted",
          (error: { code?: string }) => error.code,
        );
        const told = { path, old: path.reduce((value: unknown, name) => (value as never)[name], message) };
        expect({ ...told, outcome }).not.toMatchObject({ outcome: "admitted" });
        expect(["MessageMalformed", "SignatureInvalid", "UnknownKey", "WrongSender"]).toContain(outcome);
        expect(seen.size).toBe(0);
        alterations += 1;
      }
    }
    expect(alterations).toBeGreaterThan(600);
  });
});
