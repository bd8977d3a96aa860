import type { NodeResult, Outcome } from "../apply/result.ts";
import { show } from "../plan/diff.ts";

/** What a person wants to be told, once, when it happens. */
export interface Note {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly action: string;
  readonly message: string;
  /** It is true as long as it stands, and not only in this pass. */
  readonly stands?: true;
}

/**
 * Events of one pass. Creation is told as one event for all, and deletion but of data, for sixty would hide what matters. `settled`: everything
 * was as declared before and the spec has not changed, so that an update is the repair of a drift unless the result knows
 * better (a Secret that changed is no drift).
 */
export function notesOf(outcome: Outcome, settled: boolean): readonly Note[] {
  const isDrift = ({ drift }: NodeResult): boolean => drift ?? settled;
  const created = outcome.nodes.filter(({ did }) => did === "created");
  const notes = outcome.nodes.filter(({ did }) => did === "recreated").map(recreated);
  if (created.length > 0) {
    notes.push({
      type: "Normal",
      reason: "Created",
      action: "Create",
      message: `created ${list(created.map(({ node }) => node.id))}`,
    });
  }
  for (const result of outcome.nodes) {
    if (result.did === "updated") notes.push(isDrift(result) ? repaired(result) : updated(result));
    if (result.did === "replaced") notes.push(replaced(result));
    if (result.state === "refused")
      notes.push({
        type: "Warning",
        reason: result.reason ?? "Refused",
        action: "Reconcile",
        message: result.message ?? result.node.id,
        stands: true,
      });
  }
  const gone = outcome.leaving.filter(({ entry, state }) => state === "gone" && entry.id !== undefined);
  const plain = gone.filter(({ entry }) => entry.policy === undefined);
  if (plain.length > 0) notes.push(deleted(list(plain.map(({ entry }) => entry.node))));
  for (const { entry } of gone) {
    const how = entry.policy === "Snapshot" ? " after a last snapshot" : "";
    if (entry.policy) notes.push(deleted(`${entry.type} ${entry.id}${how}`));
  }
  for (const { entry, state, blockers, message } of outcome.leaving) {
    const what = `${entry.type} ${entry.id ?? entry.node}`;
    if (state === "retained" && !entry.retained)
      notes.push({
        type: "Normal",
        reason: "Retained",
        action: "Retain",
        message: `kept ${what}, as its deletionPolicy says; it is not managed any more`,
      });
    if (state === "blocked" && blockers && blockers.length > 0)
      notes.push({
        type: "Warning",
        reason: "DeletionBlocked",
        action: "Delete",
        message: message ?? what,
        stands: true,
      });
  }
  return notes;
}

function recreated({ node }: NodeResult): Note {
  return {
    type: "Warning",
    reason: "DriftRepaired",
    action: "Create",
    message: `${node.type} ${node.name} was deleted behind our back; created it again`,
  };
}

function repaired(result: NodeResult): Note {
  return {
    type: "Warning",
    reason: "DriftRepaired",
    action: "Update",
    message: `${result.node.type} ${result.node.name} had been changed; set back ${changes(result)}`,
  };
}

/** Where the old one must be gone first, the new one is told as created when its time has come. */
function replaced(result: NodeResult): Note {
  const begun = result.state === "waiting";
  return {
    type: "Normal",
    reason: begun ? "Replacing" : "Replaced",
    action: "Replace",
    message: `${begun ? "replacing" : "replaced"} ${result.node.type} ${result.node.name}: ${changes(result)}`,
  };
}

function updated(result: NodeResult): Note {
  return {
    type: "Normal",
    reason: "Updated",
    action: "Update",
    message: `updated ${result.node.type} ${result.node.name}: ${changes(result)}`,
  };
}

function changes(result: NodeResult): string {
  return (result.changes ?? []).map(({ field, from, to }) => `${field} from ${show(from)} to ${show(to)}`).join(", ");
}

function deleted(what: string): Note {
  return { type: "Normal", reason: "Deleted", action: "Delete", message: `deleted ${what}` };
}

function list(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}
