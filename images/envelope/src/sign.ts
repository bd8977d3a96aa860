import { createHash, createPublicKey, type KeyObject, randomUUID, sign } from "node:crypto";
import { canonicalBytes } from "./canonical.ts";
import {
  type Citation,
  checked,
  type Json,
  type Message,
  message,
  type Performative,
  type SignedMessage,
} from "./message.ts";

export interface NewMessage {
  readonly performative: Performative;
  readonly sender: string;
  readonly receiver: string;
  readonly content: Json;
  readonly citation?: readonly Citation[];
  /** Default: a new conversation. */
  readonly conversationId?: string;
}

/** A message with an id of its own and the time of now, not yet signed. @throws MessageRefused MessageMalformed */
export function createMessage(parts: NewMessage, now: Date = new Date()): Message {
  return checked(message, {
    performative: parts.performative,
    sender: parts.sender,
    receiver: parts.receiver,
    conversationId: parts.conversationId ?? randomUUID(),
    messageId: randomUUID(),
    timestamp: now.toISOString(),
    content: parts.content,
    citation: [...(parts.citation ?? [])],
  });
}

/**
 * The message with its Ed25519 signature (RFC 8032) over the canonical JSON of all of it, algorithm and key id included.
 *
 * @param privateKey of the sender; its id defaults to keyIdOf
 * @throws MessageRefused MessageMalformed or MessageTooLarge; TypeError when the key is no Ed25519 key
 */
export function signMessage(unsigned: Message, privateKey: KeyObject, keyId = keyIdOf(privateKey)): SignedMessage {
  requireEd25519(privateKey);
  const signature = { algorithm: "Ed25519" as const, keyId };
  const bytes = signedBytes(checked(message, unsigned), signature);
  return { ...unsigned, signature: { ...signature, value: sign(null, bytes, privateKey).toString("base64url") } };
}

/** What is signed: the message with its signature but for the signature's value. */
export function signedBytes(unsigned: Message, signature: { algorithm: "Ed25519"; keyId: string }): Buffer {
  return canonicalBytes({ ...unsigned, signature } as unknown as Json);
}

/** Thumbprint of the public key (RFC 7638, RFC 8037 appendix A.3): the same for a private key and its public one. */
export function keyIdOf(key: KeyObject): string {
  requireEd25519(key);
  const { x } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  return createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url");
}

function requireEd25519(key: KeyObject): void {
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("messages are signed with Ed25519 keys only");
}
