import { type KeyObject, verify } from "node:crypto";
import { checked, MAX_MESSAGE_BYTES, type SignedMessage, signedMessage } from "./message.ts";
import { MessageRefused } from "./refusal.ts";
import { signedBytes } from "./sign.ts";

/** Whose key it is: a message by it from another sender is refused. */
export interface TrustedKey {
  readonly sender: string;
  readonly publicKey: KeyObject;
}

export interface VerifyOptions {
  /** Keys that are trusted, by their id. */
  readonly keys: ReadonlyMap<string, TrustedKey>;
  /** Name of the agent that received it. */
  readonly receiver: string;
  /** Default: the system's clock. */
  readonly now?: Date;
  /** Default 300 000: five minutes. */
  readonly maxAgeMs?: number;
  /** How far the sender's clock may be ahead; default 60 000. */
  readonly futureToleranceMs?: number;
  /**
   * Records that this message was acted on, and says whether it is the first time: SeenMessages.admit, or for several
   * replicas an insert into a table of theirs. It has to remember `id` until `until`.
   */
  readonly seen: (id: string, until: Date, now: Date) => boolean | Promise<boolean>;
}

const DEFAULT_MAX_AGE_MS = 300_000;
const DEFAULT_FUTURE_MS = 60_000;

/** Parses a message's text. @throws MessageRefused MessageTooLarge or MessageMalformed */
export function parseMessage(text: string): SignedMessage {
  if (Buffer.byteLength(text) > 2 * MAX_MESSAGE_BYTES) {
    throw new MessageRefused("MessageTooLarge", `the message has more than ${2 * MAX_MESSAGE_BYTES} bytes`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MessageRefused("MessageMalformed", "the message is no JSON", { cause });
  }
  return checked(signedMessage, value);
}

/**
 * The message, once it is certain that its sender made it so, for this receiver, just now, and that it was not admitted
 * before. Only a message that passed everything else reaches `seen`: nobody without a key can fill it.
 *
 * @throws MessageRefused with a code each: MessageMalformed, MessageTooLarge, UnknownKey, WrongSender, SignatureInvalid,
 *   WrongReceiver, MessageStale, MessageFromFuture, MessageReplayed
 */
export async function verifyMessage(value: unknown, options: VerifyOptions): Promise<SignedMessage> {
  const { now = new Date(), maxAgeMs = DEFAULT_MAX_AGE_MS, futureToleranceMs = DEFAULT_FUTURE_MS } = options;
  const received = checked(signedMessage, value);
  checkSignature(received, options.keys);
  if (received.receiver !== options.receiver) {
    throw new MessageRefused("WrongReceiver", `the message is for ${received.receiver}, not for ${options.receiver}`);
  }
  const madeAt = Date.parse(received.timestamp);
  const age = now.getTime() - madeAt;
  if (age > maxAgeMs) {
    throw new MessageRefused("MessageStale", `the message is ${age} ms old, more than ${maxAgeMs}: send a new one`);
  }
  if (-age > futureToleranceMs) {
    const told = `the message is from ${-age} ms in the future, more than ${futureToleranceMs}: correct the sender's clock`;
    throw new MessageRefused("MessageFromFuture", told);
  }
  const first = await options.seen(`${received.sender} ${received.messageId}`, new Date(madeAt + maxAgeMs), now);
  if (!first) throw new MessageRefused("MessageReplayed", `the message ${received.messageId} was received before`);
  return received;
}

function checkSignature({ signature, ...unsigned }: SignedMessage, keys: ReadonlyMap<string, TrustedKey>): void {
  const key = keys.get(signature.keyId);
  if (key === undefined) {
    throw new MessageRefused("UnknownKey", `the message is signed by the key ${signature.keyId}, which is not trusted`);
  }
  if (key.sender !== unsigned.sender) {
    throw new MessageRefused("WrongSender", `the key ${signature.keyId} is not one of ${unsigned.sender}`);
  }
  const { algorithm, keyId, value } = signature;
  const bytes = Buffer.from(value, "base64url");
  // The last character has bits that decode to nothing: one signature has one text.
  const canonical = bytes.toString("base64url") === value;
  if (!canonical || !verify(null, signedBytes(unsigned, { algorithm, keyId }), key.publicKey, bytes)) {
    throw new MessageRefused(
      "SignatureInvalid",
      "the signature is not that of this message: it was altered on its way",
    );
  }
}
