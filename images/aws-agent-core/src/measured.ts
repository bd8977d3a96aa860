import { AgentError, type Metrics } from "@agentorchestrator/shared";
import type { Usage } from "./events.ts";

/** What is known of a piece of work when it ends, whichever way. */
export interface Found {
  usage?: Usage;
}

/** Records how `work` ended: refused is what the caller did wrong, failed what went wrong behind the front door. */
export async function measured<T>(
  metrics: Metrics,
  what: { readonly operation: string; readonly model?: string },
  work: (found: Found) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const found: Found = {};
  const record = (status: "completed" | "failed" | "cancelled" | "refused", error?: string) =>
    metrics.record({
      ...what,
      ...found.usage,
      milliseconds: Math.round((performance.now() - began) * 10) / 10,
      status,
      ...(error !== undefined && { error }),
    });
  try {
    const value = await work(found);
    record("completed");
    return value;
  } catch (error) {
    const known = error instanceof AgentError ? error : undefined;
    const status = known?.code === "ClientGone" ? "cancelled" : (known?.status ?? 500) < 500 ? "refused" : "failed";
    record(status, known?.code ?? "InternalError");
    throw error;
  }
}
