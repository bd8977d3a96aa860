import { setTimeout as sleep } from "node:timers/promises";
import { AgentError, readEvents, type StreamedEvent } from "@agentorchestrator/shared";
import { Agent, type Dispatcher, request } from "undici";
import { z } from "zod";
import type { Account } from "./account.ts";
import type { KeyPairTokens } from "./token.ts";

export interface RestOptions {
  readonly account: Account;
  /** Default: the user's default role. */
  readonly role?: string | undefined;
  readonly tokens: KeyPairTokens;
  /** Until an answer begins, and between its parts. */
  readonly timeoutMs: number;
  /** Largest answer that is no stream. */
  readonly maxBytes: number;
}

/** Tries in all. Only calls that Snowflake did not begin are repeated: models cost. */
const TRIES = 3;
const BACKOFF_MS = 250;
const NOT_BEGUN = [429, 503];

/** Fields by which the services tell what is wrong; which, differs. */
const failureBody = z.object({
  code: z.union([z.string(), z.number()]).optional(),
  error_code: z.union([z.string(), z.number()]).optional(),
  message: z.string().optional(),
  request_id: z.string().optional(),
});

/**
 * Snowflake's REST services, called with a key-pair token and the session's role.
 * https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/snowflake-context
 */
export class Rest {
  readonly #options: RestOptions;
  readonly #agent: Agent;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#agent = new Agent({
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: { timeout: 5_000 },
    });
  }

  /** @throws AgentError SnowflakeUnavailable, SnowflakeThrottled, SnowflakeRefused, …; the signal's reason */
  async json<T>(schema: z.ZodType<T>, path: string, body: object, signal: AbortSignal): Promise<T> {
    const { response } = await this.#post(path, body, "application/json", signal);
    const text = await this.#text(response, path, signal);
    const result = schema.safeParse(parsed(text));
    if (result.success) return result.data;
    const fields = result.error.issues.map((issue) => issue.path.join(".") || "(the whole)").join(", ");
    const message = `${path} of Snowflake answers in a form that is not the documented one: see ${fields}`;
    throw new AgentError("SnowflakeMalformed", message, { status: 502, retryable: false });
  }

  /** Server-sent events, until their end. @throws as json; nothing is repeated once events began */
  async *events(path: string, body: object, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
    const { response } = await this.#post(path, body, "text/event-stream", signal);
    try {
      yield* readEvents(response.body);
    } catch (error) {
      throw this.#broken(error, path, signal);
    } finally {
      response.body.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #post(path: string, body: object, accept: string, signal: AbortSignal) {
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#send(path, body, accept, signal);
      const { statusCode } = response;
      if (statusCode < 300) return { response };
      const text = await this.#text(response, path, signal);
      if (statusCode === 401 && !renewed) {
        renewed = true;
        this.#options.tokens.refused();
        continue;
      }
      if (!NOT_BEGUN.includes(statusCode) || attempt >= TRIES) throw this.#refusal(path, response, text);
      await sleep(Math.random() * BACKOFF_MS * 2 ** attempt, undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      );
    }
  }

  async #send(path: string, body: object, accept: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { account, role, tokens } = this.#options;
    const token = await tokens.current();
    try {
      return await request(account.url + path, {
        method: "POST",
        dispatcher: this.#agent,
        signal,
        headers: {
          authorization: `Bearer ${token}`,
          "x-snowflake-authorization-token-type": "KEYPAIR_JWT",
          ...(role !== undefined && { "x-snowflake-role": role }),
          "content-type": "application/json",
          accept,
          "user-agent": "AgentOrchestrator/0.1",
        },
        body: JSON.stringify(body),
      });
    } catch (error) {
      throw this.#broken(error, path, signal);
    }
  }

  async #text(response: Dispatcher.ResponseData, path: string, signal: AbortSignal): Promise<string> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const piece of response.body) {
        bytes += (piece as Buffer).length;
        if (bytes > this.#options.maxBytes) {
          const message = `${path} of Snowflake answers with more than ${this.#options.maxBytes} bytes: ask for less`;
          throw new AgentError("AnswerTooLarge", message, { status: 502, retryable: false });
        }
        pieces.push(piece as Buffer);
      }
    } catch (error) {
      throw this.#broken(error, path, signal);
    }
    return Buffer.concat(pieces).toString("utf8");
  }

  /** Nothing came, or the end did not. */
  #broken(error: unknown, path: string, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof AgentError) return error;
    const name = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : "unknown error";
    const { account, timeoutMs } = this.#options;
    if (name === "UND_ERR_HEADERS_TIMEOUT" || name === "UND_ERR_BODY_TIMEOUT") {
      const message = `${path} of Snowflake sent nothing for ${timeoutMs / 1_000} s: ask for less, or try again`;
      return new AgentError("SnowflakeTimeout", message, { status: 504, cause: error });
    }
    const message = `Snowflake at ${account.url} cannot be reached (${name}): check the agent's way out (NAT, egress rules), or wait`;
    return new AgentError("SnowflakeUnavailable", message, { status: 503, retryAfterSeconds: 5, cause: error });
  }

  #refusal(path: string, response: Dispatcher.ResponseData, text: string): AgentError {
    const { statusCode: httpStatus, headers } = response;
    const body = failureBody.safeParse(parsed(text)).data ?? {};
    const snowflakeCode = body.code ?? body.error_code;
    const why = body.message?.slice(0, 600) ?? `HTTP ${httpStatus}`;
    const details = { httpStatus, snowflakeCode, requestId: body.request_id };
    const fail = (code: string, status: number, message: string, retryAfterSeconds?: number) =>
      new AgentError(code, message, { status, details, ...(retryAfterSeconds && { retryAfterSeconds }) });
    const role = this.#options.role === undefined ? "the user's default role" : `role ${this.#options.role}`;
    switch (httpStatus) {
      case 401: {
        const message = `Snowflake refuses the key-pair token at ${path}: ${why}. Check that the public key is registered with the user, and the clock`;
        return new AgentError("SnowflakeAuthentication", message, { status: 502, retryable: false, details });
      }
      case 403:
        return fail("SnowflakeForbidden", 403, `${role} may not use ${path}: ${why}`);
      case 404:
        return fail("SnowflakeNotFound", 404, `${path} does not exist, or ${role} may not see it: ${why}`);
      case 429:
        return fail("SnowflakeThrottled", 429, `Snowflake limits ${path}: ${why}`, Number(headers["retry-after"]) || 5);
      default:
        if (httpStatus < 500) return fail("SnowflakeRefused", 400, `Snowflake refuses the request to ${path}: ${why}`);
        return fail("SnowflakeUnavailable", 503, `${path} of Snowflake fails with HTTP ${httpStatus}: ${why}`, 5);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
