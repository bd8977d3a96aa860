import { classify, describe, TerminalError } from "../aws/errors.ts";
import { fieldOf } from "../graph/field.ts";
import type { Node } from "../graph/graph.ts";
import { type Observation, outputsOf } from "../plan/observation.ts";
import type { Step } from "../plan/step.ts";
import type { NodeResult } from "./result.ts";

/** The result of a step that called nothing, or of a look after one that did. */
export function resultOf(node: Node, observation: Observation, step: Step): NodeResult {
  const base = {
    node,
    id: observation.state === "live" ? observation.id : undefined,
    outputs: outputsOf(observation),
    message: step.message,
    reason: step.reason,
    lookAgainMs: step.lookAgainMs,
  };
  if (observation.state === "unread") return failure(node, observation.error);
  switch (step.action) {
    case "none":
      return { ...base, state: "ready" };
    case "refuse":
      return { ...base, state: "refused", changes: step.changes };
    case "wait":
      return { ...base, state: node.blocked || step.reason === "WaitsForDependencies" ? "waiting" : "progressing" };
    default:
      return { ...base, state: "waiting" };
  }
}

/** Reasons that a person meets in conditions, by what AWS refused. */
const reasons = {
  denied: "AccessDenied",
  credentials: "CredentialsInvalid",
  quota: "QuotaExceeded",
  terminal: "InvalidParameter",
  conflict: "NameTaken",
  throttle: "Throttled",
  dependency: "InUse",
  busy: "Busy",
  notFound: "NotFound",
  transient: "AWSUnavailable",
} as const;

/** What only a person can resolve is refused and looked at again at the pace of drift; all else is tried again soon. */
export function failure(node: Node, error: unknown, live?: Extract<Observation, { state: "live" }>): NodeResult {
  const { message, what, class: meaning } = describe(error);
  const field = meaning === "terminal" && !(error instanceof TerminalError) ? fieldOf(node) : undefined;
  const remedied = field ? `${what} Correct ${field}: the same request will not succeed.` : message;
  const person = ["denied", "credentials", "quota", "terminal", "conflict"].includes(meaning);
  return {
    node,
    id: live?.id,
    outputs: outputsOf(live),
    state: person ? "refused" : "error",
    reason: error instanceof TerminalError ? error.reason : reasons[classify(error)],
    message: `${node.id}: ${remedied}`,
    error,
  };
}
