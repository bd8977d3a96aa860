import type { FieldChange } from "./diff.ts";

/**
 * What is to be done about one node or inventory entry. `create`, `update`, `replace` and `delete` call AWS; `wait` is
 * the expected pause for something that is on its way; `refuse` is what only a person can resolve.
 */
export type Action = "none" | "create" | "update" | "replace" | "delete" | "retain" | "wait" | "refuse";

export interface Step {
  readonly node: string;
  readonly type: string;
  /** Physical name. */
  readonly name: string;
  readonly action: Action;
  /** Physical id, of what exists. */
  readonly id?: string | undefined;
  /** Sorted by field. Of a create: every prop that is set. */
  readonly changes: readonly FieldChange[];
  /** Why it waits or is refused, or what comes with the action; what a person may have to do. */
  readonly message?: string | undefined;
  /** Stable, CamelCase: of `wait` and `refuse`. */
  readonly reason?: string | undefined;
  /** After how many milliseconds to look again: of `wait`. */
  readonly lookAgainMs?: number | undefined;
  /** The resource is of use to its dependents as it is (set on none, update, wait and refuse). */
  readonly serves?: boolean | undefined;
}

export interface Plan {
  /** Dependencies before dependents; what leaves comes last, dependents first. */
  readonly steps: readonly Step[];
}

/** Steps that write to AWS. */
export function writes(plan: Plan): readonly Step[] {
  return plan.steps.filter((step) => ["create", "update", "replace", "delete"].includes(step.action));
}
