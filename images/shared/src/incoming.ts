import { context } from "@opentelemetry/api";
import { type WorkIds, withIds } from "./ids.ts";
import { traceOf } from "./tracing.ts";

/** Runs `work` with `ids` as part of the trace that a call's headers name: for doors other than the HTTP server. */
export function continueTrace<T>(headers: Record<string, string>, ids: WorkIds, work: () => T): T {
  const { context: parent, traceId } = traceOf(headers);
  return context.with(parent, () => withIds({ traceId, ...ids }, work));
}
