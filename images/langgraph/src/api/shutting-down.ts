import { AgentError } from "@agentorchestrator/shared";

/** Ends what is watched when the replica stops. Whoever asks again, elsewhere, is told the present state first. */
export function shuttingDown(): AgentError {
  const message = "this task is shutting down: ask again";
  return new AgentError("ShuttingDown", message, { status: 503, retryAfterSeconds: 1 });
}
