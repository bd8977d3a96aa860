import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, request as send } from "undici";
import type { z } from "zod";
import { AgentError } from "./errors.ts";
import { currentIds } from "./ids.ts";
import { failureOf, mayRepeat, refusalOf } from "./peer-errors.ts";
import { readEvents, type StreamedEvent } from "./sse-reader.ts";
import { traceHeaders } from "./tracing.ts";

export interface PeerOptions {
  /** Longest time without the answer's headers, and between two pieces of its body; default 60 000. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Attempts in all; default 3. */
  readonly attempts?: number;
  /** Largest answer that json() takes; default 16 MiB. */
  readonly maxBytes?: number;
}

export interface PeerRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the root, with a slash before it. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Makes a POST repeatable. */
  readonly idempotencyKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the peer's. */
  readonly timeoutMs?: number;
}

const FIRST_PAUSE_MS = 100;

/**
 * Another agent, by the address that the operator wired. Passes on traceparent, x-request-id, x-session-id and
 * x-workflow-id. Repeats what was never sent (connection refused, name unknown), and, where it is idempotent (GET, PUT,
 * DELETE, or by key), what was cut or answered 429, 502, 503 or 504: few times, with full jitter, Retry-After obeyed up
 * to 5 s. Nothing is repeated after a stream's first byte.
 *
 * Failures are AgentErrors: PeerUnavailable (503), PeerTimeout (504), PeerRefused (the peer's own 4xx status, its code
 * and message in details.peer), PeerFailed (502). `signal` makes them reject with its reason.
 */
export class Peer {
  readonly name: string;
  readonly #baseUrl: string;
  readonly #options: PeerOptions;
  readonly #dispatcher: Agent;

  /** @param name as messages name it; @param baseUrl value of `<AGENT>_URL` */
  constructor(name: string, baseUrl: string, options: PeerOptions = {}) {
    this.name = name;
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#options = options;
    this.#dispatcher = new Agent({ connect: { timeout: options.connectTimeoutMs ?? 3_000 } });
  }

  /** The answer's body, checked by `schema`. @throws AgentError, also PeerFailed when the body is not of that shape */
  async json<T>(schema: z.ZodType<T>, request: PeerRequest): Promise<T> {
    const answer = await this.#send(request, "application/json");
    const body = await this.#body(answer, request);
    const result = schema.safeParse(body);
    if (result.success) return result.data;
    const fields = result.error.issues.map(({ path }) => path.join(".") || "(the whole)").join(", ");
    const message = `${this.#what(request)} answered something else than was expected, see ${fields}: are the two agents of one release?`;
    throw new AgentError("PeerFailed", message, { status: 502, retryable: false });
  }

  /** The answer as server-sent events; `data` parsed as JSON. Ends with the stream; heartbeats are left out. */
  async *events(request: PeerRequest): AsyncGenerator<StreamedEvent> {
    const answer = await this.#send(request, "text/event-stream");
    try {
      yield* readEvents(answer.body);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw failureOf(error, this.#what(request));
    } finally {
      if (!answer.body.destroyed) answer.body.destroy();
    }
  }

  /** Ends the connections that are kept. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  #what({ method, path }: PeerRequest): string {
    return `${method} ${path} of the agent ${this.name}`;
  }

  async #send(request: PeerRequest, accept: string): Promise<Dispatcher.ResponseData> {
    const attempts = this.#options.attempts ?? 3;
    for (let attempt = 1; ; attempt += 1) {
      request.signal?.throwIfAborted();
      try {
        return await this.#attempt(request, accept);
      } catch (error) {
        request.signal?.throwIfAborted();
        const failure = error instanceof AgentError ? error : failureOf(error, this.#what(request));
        if (attempt >= attempts || !mayRepeat(failure, request)) throw failure;
        const pause = Math.random() * FIRST_PAUSE_MS * 2 ** attempt;
        const asked = Math.min(failure.retryAfterSeconds ?? 0, 5) * 1_000;
        await sleep(Math.max(pause, asked), undefined, { signal: request.signal }).catch(() =>
          request.signal?.throwIfAborted(),
        );
      }
    }
  }

  async #attempt(request: PeerRequest, accept: string): Promise<Dispatcher.ResponseData> {
    const timeout = request.timeoutMs ?? this.#options.timeoutMs ?? 60_000;
    const answer = await send(this.#url(request), {
      method: request.method,
      dispatcher: this.#dispatcher,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      signal: request.signal ?? null,
      headers: { ...headersOf(request), accept },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    if (answer.statusCode < 300) return answer;
    const body = await this.#body(answer, request).catch(() => undefined);
    throw refusalOf(this.#what(request), answer.statusCode, answer.headers["retry-after"], body);
  }

  #url({ path, query = {} }: PeerRequest): URL {
    const url = new URL(`${this.#baseUrl}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  async #body(answer: Dispatcher.ResponseData, request: PeerRequest): Promise<unknown> {
    const limit = this.#options.maxBytes ?? 16 * 1_048_576;
    const pieces: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const piece of answer.body) {
        bytes += (piece as Buffer).length;
        if (bytes > limit)
          throw new AgentError("PeerFailed", tooLarge(this.#what(request), limit), { status: 502, retryable: false });
        pieces.push(piece as Buffer);
      }
    } catch (error) {
      request.signal?.throwIfAborted();
      throw error instanceof AgentError ? error : failureOf(error, this.#what(request));
    }
    try {
      return JSON.parse(Buffer.concat(pieces).toString("utf8"));
    } catch {
      return undefined;
    }
  }
}

function tooLarge(what: string, limit: number): string {
  return `${what} answered more than ${limit} bytes`;
}

function headersOf({ body, headers, idempotencyKey }: PeerRequest): Record<string, string> {
  const { requestId, sessionId, workflowId } = currentIds();
  return {
    ...traceHeaders(),
    ...(requestId !== undefined && { "x-request-id": requestId }),
    ...(sessionId !== undefined && { "x-session-id": sessionId }),
    ...(workflowId !== undefined && { "x-workflow-id": workflowId }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...headers,
  };
}
