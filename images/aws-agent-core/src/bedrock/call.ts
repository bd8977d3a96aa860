import { AgentError, type Logger } from "@agentorchestrator/shared";
import { askedPauseMs, bedrockError, isOurs, mayTryAgain, pauseBaseMs, type Subject } from "./errors.ts";
import { withRetries } from "./retry.ts";
import { Watch } from "./watch.ts";

/** What holds for every call of Bedrock. */
export interface Limits {
  /** Calls for one answer. */
  readonly attempts: number;
  /** Longest silence within a stream. */
  readonly stallMs: number;
  readonly log: Logger;
}

/** One attempt's means. */
export interface Attempt {
  readonly watch: Watch;
  /** To be called before anything of the answer is passed on: from then on the call is not sent again. */
  passOn(): void;
}

/**
 * Does one call of Bedrock, again where that is allowed and nothing of the answer was passed on.
 *
 * @throws the signal's reason when it was the caller who ended it; AgentError otherwise
 */
export async function callBedrock<T>(
  subject: Subject,
  { attempts, stallMs, log }: Limits,
  signal: AbortSignal,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  let passedOn = false;
  const passOn = () => {
    passedOn = true;
  };
  return withRetries(
    async () => {
      signal.throwIfAborted();
      const watch = new Watch(signal, stallMs);
      try {
        return await work({ watch, passOn });
      } catch (error) {
        if (watch.stalled && !signal.aborted) throw stalled(subject, stallMs, error);
        throw error;
      }
    },
    {
      attempts,
      signal,
      mayTryAgain: (error) => !passedOn && !(error instanceof AgentError) && mayTryAgain(error, subject.kind),
      baseMs: pauseBaseMs,
      askedMs: askedPauseMs,
      onPause: (error, attempt, milliseconds) =>
        log.warn({ err: error, attempt, milliseconds }, `the ${subject.kind} ${subject.name} is asked again`),
    },
  ).catch((error: unknown) => {
    if (signal.aborted || error instanceof AgentError || isOurs(error)) throw error;
    throw bedrockError(error, subject);
  });
}

/** A stream that closed well, but before it was whole. */
export function cutOff({ kind, name }: Subject): AgentError {
  const message = `the answer of the ${kind} ${name} ended before it was whole: try again`;
  return new AgentError("StreamCut", message, { status: 502, retryable: true });
}

function stalled({ kind, name }: Subject, stallMs: number, cause: unknown): AgentError {
  const message = `nothing came from the ${kind} ${name} for ${stallMs / 1_000} s: try again`;
  return new AgentError("ModelStalled", message, { status: 504, retryable: true, cause });
}
