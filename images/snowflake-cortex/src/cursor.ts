import { createHmac, timingSafeEqual } from "node:crypto";
import { AgentError } from "@agentorchestrator/shared";
import { z } from "zod";
import type { Keys } from "./key.ts";

/** Where to read on in a result that Snowflake keeps. */
export interface Position {
  readonly queryId: string;
  /** First row that was not read yet, from 0. */
  readonly row: number;
  /** Rows of the result that may be read, at most. */
  readonly limit: number;
}

const payload = z.tuple([z.string().regex(/^[\w-]{1,64}$/), z.int().nonnegative(), z.int().positive()]);

/**
 * Cursors that every replica understands and nobody else can make, so that limits of rows hold. Signed with a key that is
 * derived from Snowflake's private key: they end when it rotates.
 */
export class Cursors {
  readonly #keys: Keys;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  async write({ queryId, row, limit }: Position): Promise<string> {
    const body = Buffer.from(JSON.stringify([queryId, row, limit]));
    return Buffer.concat([await this.#sign(body), body]).toString("base64url");
  }

  /** @throws AgentError 400 CursorInvalid */
  async read(cursor: string): Promise<Position> {
    const bytes = Buffer.from(cursor, "base64url");
    const signature = bytes.subarray(0, SIGNATURE_BYTES);
    const body = bytes.subarray(SIGNATURE_BYTES);
    const genuine = signature.length === SIGNATURE_BYTES && timingSafeEqual(signature, await this.#sign(body));
    if (!genuine) {
      const message =
        "this is no cursor of this service, or the key with which it was made has changed: run the statement again";
      throw new AgentError("CursorInvalid", message, { status: 400, retryable: false });
    }
    const [queryId, row, limit] = payload.parse(JSON.parse(body.toString("utf8")));
    return { queryId, row, limit };
  }

  async #sign(body: Buffer): Promise<Buffer> {
    const pair = await this.#keys.current();
    return createHmac("sha256", pair.derive("agentorchestrator cursor"))
      .update(body)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  }
}

const SIGNATURE_BYTES = 16;
