import { createHash } from "node:crypto";
import { AgentError } from "./errors.ts";

/** What was answered to a key, or is being worked on. */
interface Entry {
  readonly fingerprint: string;
  readonly expires: number;
  answer?: { readonly value: unknown; readonly bytes: number };
}

export interface IdempotencyOptions {
  /** How long an answer is kept; default an hour. */
  readonly ttlMs?: number;
  /** Answers kept at once, the oldest goes first; default 10 000. */
  readonly maxKeys?: number;
  /** Of all answers kept, as JSON; default 64 MiB. */
  readonly maxBytes?: number;
}

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): work with the same key and body is done once,
 * its answer repeated. In memory of one replica and bounded: for doors whose work is not itself keyed. Only what was
 * completed is kept; a failure frees its key, so that the client may try again.
 */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>();
  readonly #ttlMs: number;
  readonly #maxKeys: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor({ ttlMs = 3_600_000, maxKeys = 10_000, maxBytes = 64 * 1_048_576 }: IdempotencyOptions = {}) {
    this.#ttlMs = ttlMs;
    this.#maxKeys = maxKeys;
    this.#maxBytes = maxBytes;
  }

  /**
   * The answer of `work`, or the recorded one. Without a key the work is simply done.
   *
   * @param key of the header; callers who must not see each other's answers put their subject before it
   * @param body what was asked, as JSON
   * @param work resolves to JSON
   * @throws AgentError 400 InvalidIdempotencyKey, 422 IdempotencyKeyReused with another body, 409 RequestInProgress while
   *   the first is still running
   */
  async run<T>(
    key: string | undefined,
    body: unknown,
    work: () => Promise<T>,
  ): Promise<{ value: T; replayed: boolean }> {
    if (key === undefined) return { value: await work(), replayed: false };
    const recorded = this.#recorded(key, fingerprintOf(body));
    if (recorded !== undefined) return { value: recorded.value as T, replayed: true };
    const entry: Entry = { fingerprint: fingerprintOf(body), expires: performance.now() + this.#ttlMs };
    this.#entries.set(key, entry);
    try {
      const value = await work();
      this.#keep(entry, value);
      return { value, replayed: false };
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  #recorded(key: string, fingerprint: string): { readonly value: unknown } | undefined {
    if (!KEY.test(key)) {
      throw new AgentError("InvalidIdempotencyKey", "Idempotency-Key has to be 1 to 255 visible ASCII characters", {
        status: 400,
      });
    }
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.answer !== undefined && entry.expires <= performance.now()) {
      this.#drop(key, entry);
      return undefined;
    }
    if (entry.fingerprint !== fingerprint) {
      const message = "this Idempotency-Key was used for another request: use a new key for a new request";
      throw new AgentError("IdempotencyKeyReused", message, { status: 422 });
    }
    if (entry.answer === undefined) {
      const message = "the first request with this Idempotency-Key is still running: ask again in a moment";
      throw new AgentError("RequestInProgress", message, { status: 409, retryable: true, retryAfterSeconds: 1 });
    }
    return entry.answer;
  }

  #keep(entry: Entry, value: unknown): void {
    const bytes = Buffer.byteLength(JSON.stringify(value) ?? "");
    entry.answer = { value, bytes };
    this.#bytes += bytes;
    // A Map iterates in the order of insertion: oldest first.
    for (const [key, oldest] of this.#entries) {
      if (this.#entries.size <= this.#maxKeys && this.#bytes <= this.#maxBytes) return;
      if (oldest.answer !== undefined) this.#drop(key, oldest);
    }
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= entry.answer?.bytes ?? 0;
  }
}

function fingerprintOf(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(body, sortedKeys) ?? "")
    .digest("base64");
}

function sortedKeys(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
