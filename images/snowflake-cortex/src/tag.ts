import { currentIds } from "@agentorchestrator/shared";

/**
 * QUERY_TAG of a statement: the ids of the work in hand, so that a line of QUERY_HISTORY leads to its logs and trace.
 * Ids only: it is seen by whoever may see the history.
 */
export function queryTag(agent: string): string {
  const { traceId, sessionId, workflowId, requestId } = currentIds();
  return JSON.stringify({
    agent,
    trace_id: traceId,
    session_id: sessionId,
    workflow_id: workflowId,
    request_id: requestId,
  });
}
