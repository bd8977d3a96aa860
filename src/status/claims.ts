import type { LeavingResult, NodeResult, Outcome } from "../apply/result.ts";
import { classify } from "../aws/errors.ts";
import type { Fact } from "../graph/graph.ts";
import type { Claim } from "./conditions.ts";
import type { Hindrance } from "./hindrance.ts";

/** How long AWS usually takes for a type, in words. */
export type Usually = (type: string) => string;

/** Ready, Reconciling and Stalled as kstatus defines them, and one named fact for each part of the platform. */
export function claimsOf(outcome: Outcome, deleting: boolean, usually: Usually): readonly Claim[] {
  const open = outcome.nodes.filter(({ state }) => state !== "ready");
  const leaving = outcome.leaving.filter(({ state }) => state !== "gone" && state !== "retained");
  const worst = worstOf(open, leaving, usually);
  const claims: Claim[] = [...facts(outcome.nodes, usually)];
  if (!worst && !deleting) {
    const message = `all ${outcome.nodes.length} resources are as declared`;
    return [...claims, { type: "Ready", status: "True", reason: "Succeeded", message }];
  }
  const told = worst ?? { reason: "Deleting", message: "everything is gone" };
  const { message } = told;
  const reason = deleting && told.routine ? "Deleting" : told.reason;
  claims.push({ type: "Ready", status: "False", reason, message });
  const refused = open.some(({ state }) => state === "refused");
  const moves =
    deleting ||
    open.some(({ state }) => state === "progressing" || state === "error") ||
    leaving.some((one) => !isWaiting(one));
  if (moves || !refused) {
    const progress = refused ? progressOf(open, leaving, usually) : { reason, message };
    claims.push({ type: "Reconciling", status: "True", reason: progress.reason, message: progress.message });
  }
  if (refused) claims.push({ type: "Stalled", status: "True", reason, message });
  return claims;
}

export function hinderedClaims({ reason, message, stalled }: Hindrance): readonly Claim[] {
  const word = { status: "True" as const, reason, message };
  return [
    { type: "Ready", status: "False", reason, message },
    stalled ? { type: "Stalled", ...word } : { type: "Reconciling", ...word },
  ];
}

/** Whether the estimate stays below what the spec allows. It hinders nothing: what runs is not stopped by it. */
export function budgetClaim(estimateUSD: number, budgetUSD: number): Claim {
  const message = `the estimate is $${Math.round(estimateUSD)} a month of $${budgetUSD}`;
  return estimateUSD <= budgetUSD
    ? { type: "WithinBudget", status: "True", reason: "EstimateWithinBudget", message }
    : {
        type: "WithinBudget",
        status: "False",
        reason: "EstimateOverBudget",
        message: `${message}: see status.cost.lines`,
      };
}

interface Worst {
  readonly reason: string;
  readonly message: string;
  /** Nothing is wrong: it takes its time. */
  readonly routine?: true;
}

const isWaiting = ({ state }: LeavingResult): boolean => state === "waiting";

/** What a person should read first: what only they can resolve, then what failed, then what takes time. */
function worstOf(open: readonly NodeResult[], leaving: readonly LeavingResult[], usually: Usually): Worst | undefined {
  const refused = open.find(({ state }) => state === "refused");
  if (refused)
    return {
      reason: refused.reason ?? "Refused",
      message: more(refused.message ?? refused.node.id, count(open, "refused")),
    };
  const needy = open.filter(({ node }) => node.blocked);
  if (needy[0])
    return { reason: needy[0].reason ?? "Waiting", message: more(needy[0].message ?? needy[0].node.id, needy.length) };
  const blocked = leaving.find(({ state, blockers }) => state === "blocked" && (blockers?.length ?? 0) > 0);
  if (blocked) return { reason: "DeletionBlocked", message: blocked.message ?? "" };
  const failed = open.find(({ state }) => state === "error");
  if (failed)
    return {
      reason: failed.reason ?? "AWSError",
      message: more(failed.message ?? failed.node.id, count(open, "error")),
    };
  const lost = leaving.find(({ state }) => state === "error");
  if (lost) return { reason: deletionReason(lost.error), message: lost.message ?? lost.entry.node };
  if (open.length + leaving.length === 0) return undefined;
  return progressOf(open, leaving, usually);
}

function progressOf(open: readonly NodeResult[], leaving: readonly LeavingResult[], usually: Usually): Worst {
  const busy = open.filter(({ state }) => state === "progressing");
  const [first] = busy;
  if (first) {
    const state = first.message ?? "in progress";
    const message = `${first.node.id}: ${state}; ${first.node.type} usually takes ${usually(first.node.type)}`;
    return { reason: first.reason ?? "Progressing", message: more(message, busy.length), routine: true };
  }
  const [waits] = open.filter(({ state }) => state === "waiting");
  if (waits)
    return {
      reason: waits.reason ?? "Progressing",
      message: `${waits.node.id} ${waits.message ?? "waits"}`,
      routine: true,
    };
  const [going] = leaving;
  const message = going ? `removing ${going.entry.node}${going.message ? `: ${going.message}` : ""}` : "working";
  return { reason: "Pruning", message: more(message, leaving.length), routine: true };
}

function facts(nodes: readonly NodeResult[], usually: Usually): readonly Claim[] {
  const byFact = new Map<Fact, NodeResult[]>();
  for (const result of nodes) byFact.set(result.node.fact, [...(byFact.get(result.node.fact) ?? []), result]);
  return [...byFact].map(([type, results]) => {
    const open = results.filter(({ state }) => state !== "ready");
    const worst = worstOf(open, [], usually);
    if (!worst)
      return { type, status: "True", reason: "Succeeded", message: `${results.length} resources are as declared` };
    return { type, status: "False", reason: worst.reason, message: worst.message };
  });
}

function deletionReason(error: unknown): string {
  const meaning = classify(error);
  return meaning === "denied" ? "AccessDenied" : meaning === "credentials" ? "CredentialsInvalid" : "DeletionFailed";
}

function count(results: readonly NodeResult[], state: NodeResult["state"]): number {
  return results.filter((result) => result.state === state).length;
}

function more(message: string, of: number): string {
  return of > 1 ? `${message} (and ${of - 1} more)` : message;
}
