import type { CostLine } from "../api/status.ts";
import { isRef, isTemplate, Sensitive } from "../graph/ref.ts";
import { equal, type FieldChange, show } from "../plan/diff.ts";
import type { Action, Plan, Step } from "../plan/step.ts";

/** What is known of one object: what `plan` prints and, as it is, writes as JSON. Sensitive values print as such. */
export interface Report {
  /** "namespace/name" */
  readonly object: string;
  readonly region: string;
  /** Absent when AWS was not asked. */
  readonly account?: string | undefined;
  /** What AWS has was not looked at: everything reads as to be created. */
  readonly offline: boolean;
  readonly plan: Plan;
  readonly cost: Cost;
}

export interface Cost {
  readonly monthlyUSD: number;
  readonly lines: readonly CostLine[];
  /** US dollars a month that spec.budget allows. */
  readonly budgetUSD?: number | undefined;
}

export type Summary = Readonly<Record<Action, number>>;

export function summaryOf(plan: Plan): Summary {
  const counts = { none: 0, create: 0, update: 0, replace: 0, delete: 0, retain: 0, wait: 0, refuse: 0 };
  for (const { action } of plan.steps) counts[action] += 1;
  return counts;
}

/**
 * 0: AWS has what is declared. 2: something would be written, or waits to be created. 1: something only a person can
 * resolve stands in the way.
 */
export function exitCodeOf(plan: Plan): 0 | 1 | 2 {
  if (plan.steps.some(({ action }) => action === "refuse")) return 1;
  const changes = plan.steps.some(
    ({ action, id }) =>
      action === "create" ||
      action === "update" ||
      action === "replace" ||
      action === "delete" ||
      (action === "wait" && !id),
  );
  return changes ? 2 : 0;
}

const marks: Readonly<Record<Exclude<Action, "none">, string>> = {
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
  retain: "=",
  wait: "…",
  refuse: "!",
};

const words: readonly (readonly [Exclude<Action, "none">, string])[] = [
  ["create", "to create"],
  ["update", "to change"],
  ["replace", "to replace"],
  ["delete", "to delete"],
  ["retain", "to keep although nothing declares them"],
  ["wait", "to wait for"],
  ["refuse", "that need you"],
];

/** The plan field by field, then the sums. */
export function renderPlan({ object, account, region, offline, plan, cost }: Report): string {
  const where = `${object} in ${account ? `account ${account}, ` : ""}${region}`;
  const counts = summaryOf(plan);
  const told = words.flatMap(([action, text]) => (counts[action] > 0 ? [`${counts[action]} ${text}`] : []));
  const sum = told.length > 0 ? told.join(", ") : "nothing to do";
  return [
    where + (offline ? ", as if nothing of it existed (AWS was not asked)" : ""),
    "",
    ...plan.steps.flatMap(renderStep),
    `Plan: ${sum}${counts.none > 0 && told.length > 0 ? `; ${counts.none} stay as they are` : ""}.`,
    sumOf(cost),
  ].join("\n");
}

function renderStep(step: Step): readonly string[] {
  const { action, node, type, name, id, changes, message } = step;
  if (action === "none") return [];
  const shown = id && id !== name ? `${name} (${id})` : name;
  return [
    `${marks[action].padEnd(3)} ${node}  ${type}  ${shown}`,
    ...(message ? [`      ${message}`] : []),
    ...changes.flatMap(inFields).map(({ field, from, to, createOnly }) => {
      const value = action === "create" ? show(to) : `${show(from)} → ${show(to)}`;
      return `      ${field}: ${value}${createOnly ? "  (forces a replacement)" : ""}`;
    }),
    "",
  ];
}

/** A change within an object as the fields within it that differ: of a container, its image. */
function inFields(change: FieldChange): readonly FieldChange[] {
  const { field, from, to, createOnly } = change;
  if (!isFields(from) || !isFields(to)) return [change];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => !equal(from[name], to[name]));
  return names.flatMap((name) =>
    inFields({ field: `${field}.${name}`, from: from[name], to: to[name], ...(createOnly && { createOnly }) }),
  );
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(isRef(value) || isTemplate(value) || value instanceof Sensitive);
}

/** The estimate by line, aligned. */
export function renderCost(object: string, cost: Cost): string {
  const { lines } = cost;
  const widths = [
    Math.max(4, ...lines.map(({ item }) => item.length)),
    Math.max(8, ...lines.map(({ quantity }) => quantity.length)),
  ] as const;
  return [
    `${object}, US dollars a month`,
    "",
    ...lines.map(
      ({ item, quantity, monthlyUSD }) =>
        `${item.padEnd(widths[0])}  ${quantity.padEnd(widths[1])}  ${monthlyUSD.toFixed(2).padStart(9)}`,
    ),
    "",
    sumOf(cost),
  ].join("\n");
}

function sumOf({ monthlyUSD, budgetUSD }: Cost): string {
  const sum = `Estimated cost: $${monthlyUSD.toFixed(2)} a month`;
  if (budgetUSD === undefined) return `${sum}.`;
  return monthlyUSD > budgetUSD
    ? `${sum}, MORE than the budget of $${budgetUSD}.`
    : `${sum}, within the budget of $${budgetUSD}.`;
}
