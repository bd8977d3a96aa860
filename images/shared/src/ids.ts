import { AsyncLocalStorage } from "node:async_hooks";
import { trace } from "@opentelemetry/api";

/** Ids of the work in hand. Log lines, metrics' properties and traces take them from here. */
export interface WorkIds {
  /** 32 hex digits, W3C Trace Context. */
  readonly traceId?: string;
  readonly sessionId?: string;
  readonly workflowId?: string;
  readonly requestId?: string;
}

const storage = new AsyncLocalStorage<WorkIds>();

/** Runs `work` with `ids` added to those that are set, in it and in everything asynchronous that it starts. */
export function withIds<T>(ids: WorkIds, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...ids }, work);
}

/** The ids of the work in hand; the trace id is that of the active span where there is one. */
export function currentIds(): WorkIds {
  const ids = storage.getStore() ?? {};
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  return traceId === undefined ? ids : { ...ids, traceId };
}

/** The ids as log lines and metrics name them, without those that are unknown. */
export function idFields(): Record<string, string> {
  const { traceId, sessionId, workflowId, requestId } = currentIds();
  return {
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(sessionId !== undefined && { session_id: sessionId }),
    ...(workflowId !== undefined && { workflow_id: workflowId }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}
