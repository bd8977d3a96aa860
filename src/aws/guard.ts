import type { InitializeHandlerArguments, InitializeMiddleware, Pluggable } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { CircuitBreaker, CircuitOpen } from "./circuit-breaker.ts";
import { classify, failedIn } from "./classify.ts";
import { limitOf, READ } from "./limits.ts";
import { type CallMetrics, noMetrics } from "./metrics.ts";
import { RateLimited, TokenBucket } from "./token-bucket.ts";

/** Attempts of one call, the first included. Longer waiting is the work queue's: it holds no worker meanwhile. */
const ATTEMPTS = 3;
const FIRST_DELAY_MS = 100;

/** The part of a pino logger that calls are told to, at level debug. */
export interface CallLog {
  debug(fields: object, message: string): void;
}

/**
 * Request rates and circuit breakers of every account and region: one for the whole process, because AWS counts by
 * account and region, not by client or role.
 */
export class Limits {
  readonly clock: Clock;
  readonly metrics: CallMetrics;
  /** For jitter: a number in [0, 1). */
  readonly random: () => number;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #breakers = new Map<string, CircuitBreaker>();
  #closed = false;

  constructor(options: { clock: Clock; metrics?: CallMetrics; random?: () => number }) {
    this.clock = options.clock;
    this.metrics = options.metrics ?? noMetrics;
    this.random = options.random ?? Math.random;
  }

  bucket(account: string, region: string, service: string, action: string): TokenBucket {
    const limit = limitOf(service, action);
    const key = `${account} ${region} ${limit.bucket}`;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(limit, this.clock);
      if (this.#closed) bucket.close();
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  /**
   * The process stops: no call waits for the request rate any more, so that passes that have begun end within seconds and
   * the lease is free for the next process. A pass that is cut short so is one that was killed: the next finds where it stood.
   */
  close(): void {
    this.#closed = true;
    for (const bucket of this.#buckets.values()) bucket.close();
  }

  breaker(account: string, region: string, service: string): CircuitBreaker {
    const key = `${account} ${region} ${service}`;
    const breaker = this.#breakers.get(key) ?? new CircuitBreaker(`${service} in ${region}`, this.clock);
    this.#breakers.set(key, breaker);
    return breaker;
  }
}

export interface GuardOptions {
  readonly account: string;
  readonly region: string;
  /** IAM prefix of the service. */
  readonly service: string;
  readonly limits: Limits;
  /** Real milliseconds that one request may take. */
  readonly deadlineMs: number;
  readonly log?: CallLog | undefined;
}

/**
 * The SDK plugin that stands around every call of a client, outside the SDK's own retries (which must be off): rate
 * limit, circuit breaker, deadline, metrics, log without inputs, and these retries, with full jitter:
 * - a throttled request is sent again, whatever it is: AWS did nothing;
 * - a request that was never sent (no connection) is sent again;
 * - a request without an answer is sent again only when repeating is harmless: reads, and creates with a client token.
 *   Any other is thrown as it is and marked (`effectUnknown`): the SDK's default would make a duplicate here.
 */
export function guard<Input extends object, Output extends object>(options: GuardOptions): Pluggable<Input, Output> {
  const middleware: InitializeMiddleware<Input, Output> = (next, context) => {
    const action = String(context.commandName ?? "").replace(/Command$/, "");
    return (args) => guarded(options, action, args, next);
  };
  return {
    applyToStack: (stack) => {
      stack.add(middleware, { name: "agentOrchestratorGuard", step: "initialize", priority: "high" });
    },
  };
}

async function guarded<Input extends object, Result>(
  options: GuardOptions,
  action: string,
  args: InitializeHandlerArguments<Input>,
  next: (args: InitializeHandlerArguments<Input>) => Promise<Result>,
): Promise<Result> {
  const { service, limits } = options;
  const repeatable = READ.test(action) || hasClientToken(service, args.input);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(options, action, () => next(args));
    } catch (error) {
      const sent = wasSent(error);
      const meaning = classify(error);
      const again =
        (meaning === "throttle" && sent) || (meaning === "transient" && (sent ? repeatable : isConnectFailure(error)));
      if (!again || attempt === ATTEMPTS) {
        throw failedIn(error, {
          service,
          action,
          effectUnknown: meaning === "transient" && sent && !READ.test(action),
        });
      }
      limits.metrics.retried(service, action);
      await limits.clock.sleep(limits.random() * FIRST_DELAY_MS * 2 ** attempt);
    }
  }
}

async function attemptOnce<Result>(
  options: GuardOptions,
  action: string,
  send: () => Promise<Result>,
): Promise<Result> {
  const { account, region, service, limits, log } = options;
  const { clock, metrics } = limits;
  const bucket = limits.bucket(account, region, service, action);
  await bucket.take();
  const breaker = limits.breaker(account, region, service);
  breaker.enter();
  const started = clock.now();
  metrics.started(service, action);
  const end = (outcome: string, requestId?: string) => {
    const ms = clock.now() - started;
    metrics.ended(service, action, outcome, ms / 1000);
    log?.debug({ account, region, service, action, outcome, ms: Math.round(ms), requestId }, "called AWS");
  };
  try {
    const result = await withDeadline(send(), options.deadlineMs, `${service}:${action}`);
    breaker.succeeded();
    bucket.succeeded();
    end("ok");
    return result;
  } catch (error) {
    const meaning = classify(error);
    if (meaning === "throttle") bucket.throttled();
    if (meaning === "transient") breaker.failed();
    else if (meaning === "credentials" && !answered(error)) breaker.abandoned();
    else breaker.succeeded();
    end(meaning, (error as { $metadata?: { requestId?: string } }).$metadata?.requestId);
    throw error;
  }
}

/** Fails after `ms` of real time, also where the transport does not know deadlines or a body never ends. */
async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`${what} had no answer within ${ms / 1000} s`), { name: "TimeoutError" }));
    }, ms);
    timer.unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Fields by which AWS recognises a repeated request and answers it as it did the first. EFS's CreationToken is none of
 * them: a repeat is refused as existing (CreateFileSystem, errors: FileSystemAlreadyExists).
 */
const TOKENS = ["ClientToken", "clientToken", "ClientRequestToken", "CreatorRequestId"] as const;

function hasClientToken(service: string, input: object): boolean {
  if (service === "elasticfilesystem") return false;
  // Without one in the input, the SDK makes a new one for each attempt, which AWS does not recognise.
  return TOKENS.some((name) => typeof (input as Record<string, unknown>)[name] === "string");
}

function wasSent(error: unknown): boolean {
  return !(error instanceof CircuitOpen || error instanceof RateLimited || isConnectFailure(error));
}

/** No connection came about, so AWS saw nothing: https://nodejs.org/api/errors.html#common-system-errors. */
function isConnectFailure(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN";
}

function answered(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode !== undefined;
}
