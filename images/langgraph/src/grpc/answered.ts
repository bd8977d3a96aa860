import { AgentError } from "@agentorchestrator/shared";

/**
 * The answer of `work`, or the failure that comes before it: `signal`'s reason, or AgentError 504 RequestTimeout after
 * `timeoutMs`. The work itself goes on: whoever calls has to be able to ask again, for which there are idempotency keys
 * and recorded decisions.
 */
export async function answered<T>(timeoutMs: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: first, reject } = Promise.withResolvers<never>();
  const aborted = () => reject(signal.reason);
  const late = setTimeout(() => {
    const message = `the call took longer than ${timeoutMs / 1_000} s; what it asked for may still happen: ask again`;
    reject(new AgentError("RequestTimeout", message, { status: 504 }));
  }, timeoutMs);
  if (signal.aborted) aborted();
  signal.addEventListener("abort", aborted, { once: true });
  try {
    return await Promise.race([work, first]);
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", aborted);
  }
}
