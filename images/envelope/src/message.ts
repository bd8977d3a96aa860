import { z } from "zod";
import { MessageRefused } from "./refusal.ts";

/** Communicative acts of FIPA ACL (FIPA SC00037J, Communicative Act Library Specification). */
export const PERFORMATIVES = [
  "accept-proposal",
  "agree",
  "cancel",
  "cfp",
  "confirm",
  "disconfirm",
  "failure",
  "inform",
  "inform-if",
  "inform-ref",
  "not-understood",
  "propagate",
  "propose",
  "proxy",
  "query-if",
  "query-ref",
  "refuse",
  "reject-proposal",
  "request",
  "request-when",
  "request-whenever",
  "subscribe",
] as const;

/** Of a whole message in canonical JSON: what SNS and SQS carry. */
export const MAX_MESSAGE_BYTES = 262_144;
/** Levels of arrays and objects in `content`. */
const MAX_DEPTH = 32;

const id = z.string().regex(/^[\w.:/-]{1,128}$/, "has to be 1 to 128 of letters, digits and _ . : / -");
const text = (most: number) => z.string().min(1).max(most);

export const citation = z.strictObject({
  /** Where it comes from: a URL, an ARN, an S3 URI. */
  source: text(2_048),
  title: text(512).optional(),
  quote: text(4_096).optional(),
});

export const signature = z.strictObject({
  algorithm: z.literal("Ed25519"),
  keyId: id,
  /** 64 bytes in base64url without padding. */
  value: z.string().regex(/^[\w-]{86}$/, "has to be 64 bytes in base64url"),
});

const fields = {
  performative: z.enum(PERFORMATIVES),
  /** Name of the agent that says it. */
  sender: id,
  /** Name of the agent that it is said to. */
  receiver: id,
  /** The same in all messages that belong together. */
  conversationId: id,
  /** Of the sender's messages only this one has it. */
  messageId: id,
  /** When it was made, UTC with milliseconds: 2026-01-02T03:04:05.678Z. */
  timestamp: z.iso.datetime({ precision: 3 }),
  /** Any JSON. */
  content: z.custom<Json>((value) => value !== undefined, "is missing"),
  citation: z.array(citation).max(100),
};

export const message = z.strictObject(fields);
export const signedMessage = z.strictObject({ ...fields, signature });

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Performative = (typeof PERFORMATIVES)[number];
export type Citation = z.output<typeof citation>;
export type Message = z.output<typeof message>;
export type SignedMessage = z.output<typeof signedMessage>;

/**
 * `value` as it is, once it has the shape of `schema` and holds only what JSON and RFC 8785 can say.
 *
 * @throws MessageRefused MessageMalformed with the paths of the fields that are wrong
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  const problems = result.success
    ? unspeakable(value, "", 0)
    : result.error.issues.map(({ path, message }) => `${path.join(".") || "the message"}: ${message}`);
  // Not result.data: the signature is over what was sent.
  if (problems.length === 0) return value as T;
  throw new MessageRefused("MessageMalformed", `the message is malformed: ${problems.slice(0, 5).join("; ")}`);
}

/** What has no canonical form, or more than one reading. */
function unspeakable(value: unknown, path: string, depth: number): string[] {
  if (value === null || typeof value === "boolean") return [];
  if (typeof value === "string") return value.isWellFormed() ? [] : [`${path}: holds half a surrogate pair`];
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path}: is no finite number`];
  if (typeof value !== "object") return [`${path}: is no JSON`];
  if (depth > MAX_DEPTH) return [`${path}: is nested deeper than ${MAX_DEPTH} levels`];
  if (Array.isArray(value)) return value.flatMap((item, index) => unspeakable(item, `${path}.${index}`, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return [`${path}: is no plain object`];
  return Object.entries(value).flatMap(([name, field]) => {
    if (name === "__proto__" || !name.isWellFormed()) return [`${path}: has a field whose name is not allowed`];
    return unspeakable(field, `${path}.${name}`.replace(/^\./, ""), depth + 1);
  });
}
