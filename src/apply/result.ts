import type { Node } from "../graph/graph.ts";
import type { FieldChange } from "../plan/diff.ts";
import type { InventoryEntry } from "./inventory.ts";

export type Props = Readonly<Record<string, unknown>>;

/** How a node stands at the end of a pass. */
export interface NodeResult {
  readonly node: Node;
  /**
   * ready: as declared. progressing: AWS is at work on it. waiting: its turn has not come. refused: only a person can
   * help. error: the call failed.
   */
  readonly state: "ready" | "progressing" | "waiting" | "refused" | "error";
  readonly id?: string | undefined;
  /** What dependents may use, also while it is not ready. */
  readonly outputs?: Props | undefined;
  /** recreated: it had been there, and was gone. */
  readonly did?: "created" | "recreated" | "updated" | "replaced" | "adopted" | undefined;
  readonly changes?: readonly FieldChange[] | undefined;
  /** Whether what it did repaired a drift; undefined: this process has not seen how it was. */
  readonly drift?: boolean | undefined;
  /** Stable, CamelCase. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** Nodes that it waits for. */
  readonly waitsFor?: readonly string[] | undefined;
  readonly lookAgainMs?: number | undefined;
  readonly error?: unknown;
}

/** How an inventory entry that is to go stands at the end of a pass. */
export interface LeavingResult {
  readonly entry: InventoryEntry;
  readonly state: "gone" | "retained" | "deleting" | "waiting" | "blocked" | "error";
  readonly message?: string | undefined;
  /** What keeps AWS from deleting it, as "type id (hint)". */
  readonly blockers?: readonly string[] | undefined;
  readonly lookAgainMs?: number | undefined;
  readonly error?: unknown;
}

export interface Outcome {
  readonly nodes: readonly NodeResult[];
  readonly leaving: readonly LeavingResult[];
}
