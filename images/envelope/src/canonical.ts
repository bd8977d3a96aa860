import canonicalize from "canonicalize";
import { type Json, MAX_MESSAGE_BYTES } from "./message.ts";
import { MessageRefused } from "./refusal.ts";

/** RFC 8785 (JSON Canonicalization Scheme): one text for one value, whatever the order of its fields. UTF-8. */
export function canonicalBytes(value: Json): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new MessageRefused("MessageMalformed", "the message is no JSON");
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes;
  const told = `the message has ${bytes.length} bytes, more than ${MAX_MESSAGE_BYTES}: send a reference to its content instead`;
  throw new MessageRefused("MessageTooLarge", told);
}
