import { type AgentStatus, type EffectiveDefaults, phases as phasesInOrder, type Status } from "../api/status.ts";
import type { LeavingResult, NodeResult, Outcome } from "../apply/result.ts";
import type { Estimate } from "../cost/estimate.ts";
import { phaseOf } from "../graph/phase.ts";
import { budgetClaim, claimsOf, hinderedClaims, type Usually } from "./claims.ts";
import { conditionsFrom } from "./conditions.ts";
import type { Hindrance } from "./hindrance.ts";

/** What one pass tells about itself. */
export interface PassReport {
  readonly generation: number;
  readonly deleting: boolean;
  readonly previous: Status;
  readonly outcome: Outcome;
  readonly agents: readonly AgentStatus[];
  readonly cost: Estimate | undefined;
  /** US dollars a month that the spec allows. */
  readonly budgetUSD: number | undefined;
  readonly account: string;
  /** Where agents with ingress answer, once that is known. */
  readonly endpoint: string | undefined;
  readonly defaults: EffectiveDefaults | undefined;
  readonly handledReconcile: string | undefined;
  readonly usually: Usually;
  /** RFC 3339. */
  readonly now: string;
}

/** The whole status but `resources`, which the inventory owns. Equal passes give equal values. */
export function summarize(report: PassReport): Omit<Status, "resources"> {
  const { outcome, previous, cost, agents } = report;
  const ready = outcome.nodes.filter(({ state }) => state === "ready").length;
  const remaining = outcome.leaving.filter(({ state }) => state !== "gone" && state !== "retained");
  const running = agents.reduce((sum, agent) => sum + Math.min(agent.running, agent.desired), 0);
  const desired = agents.reduce((sum, agent) => sum + agent.desired, 0);
  const unfinished = outcome.nodes.filter(({ state }) => state !== "ready").map(({ node }) => phaseOf(node));
  return withoutUndefined({
    observedGeneration: report.generation,
    conditions: [
      ...conditionsFrom(
        [
          ...claimsOf(outcome, report.deleting, report.usually),
          ...(cost && report.budgetUSD !== undefined ? [budgetClaim(cost.monthlyUSD, report.budgetUSD)] : []),
        ],
        previous.conditions ?? [],
        report.generation,
        report.now,
      ),
    ],
    phase: firstPhase(unfinished),
    waitingFor: waitingFor(outcome.nodes, remaining, report.usually),
    endpoint: report.endpoint,
    summary: {
      resources: report.deleting ? `${remaining.length} to delete` : `${ready}/${outcome.nodes.length}`,
      ...(agents.length > 0 && { agents: `${running}/${desired}` }),
      ...(cost && { cost: `$${Math.round(cost.monthlyUSD)}/mo` }),
    },
    account: report.account,
    handledReconcile: report.handledReconcile,
    agents: [...agents],
    cost: cost && { monthlyUSD: cost.monthlyUSD, lines: [...cost.lines] },
    effectiveDefaults: report.defaults,
  });
}

/** The status of a pass that could not begin: what was known before stays. */
export function summarizeHindrance(
  previous: Status,
  hindrance: Hindrance,
  generation: number,
  now: string,
): Omit<Status, "resources"> {
  const { resources: _, ...rest } = previous;
  const told = hinderedClaims(hindrance);
  const kept = (previous.conditions ?? []).filter(({ type }) => !["Ready", "Reconciling", "Stalled"].includes(type));
  const conditions = conditionsFrom([...told, ...kept], previous.conditions ?? [], generation, now);
  return { ...rest, observedGeneration: generation, conditions: [...conditions] };
}

function waitingFor(
  nodes: readonly NodeResult[],
  leaving: readonly LeavingResult[],
  usually: Usually,
): NonNullable<Status["waitingFor"]> {
  const coming = nodes
    .filter(({ state }) => state === "progressing" || state === "error")
    .map(({ node, message }) => ({
      resource: node.id,
      message: cut(message ?? "in progress"),
      usually: usually(node.type),
    }));
  const going = leaving
    .filter(({ state }) => state === "deleting" || state === "blocked" || state === "error")
    .map(({ entry, message }) => ({ resource: entry.node, message: cut(message ?? "being deleted") }));
  return [...coming, ...going];
}

function firstPhase(unfinished: readonly NonNullable<Status["phase"]>[]): Status["phase"] {
  return phasesInOrder.find((phase) => unfinished.includes(phase));
}

function cut(message: string): string {
  return message.length > 1_000 ? `${message.slice(0, 999)}…` : message;
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
