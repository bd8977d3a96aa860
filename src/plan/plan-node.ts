import { fieldOf } from "../graph/field.ts";
import type { Node } from "../graph/graph.ts";
import { resolve } from "../graph/ref.ts";
import type { Refusal, Tags } from "../kinds/kind.ts";
import { type DiffRules, diff, type FieldChange, type Plain, show } from "./diff.ts";
import { type AnyObserved, type Observation, outputsOf } from "./observation.ts";
import type { Step } from "./step.ts";

/** What the plan must know of a kind: data that every kind carries. */
export interface KindRules extends DiffRules {
  readonly deleteFirst?: true;
  readonly data?: true;
  readonly timing: { readonly pollSeconds: number; readonly usually: string };
  readonly tag?: unknown;
  readonly update?: unknown;
}

export interface Surroundings {
  readonly rules: KindRules;
  /** Output of another node, when it is known. */
  readonly outputOf: (node: string, output: string) => unknown;
  /** Whether a node gets new outputs by what is planned for it. */
  readonly willChange: (node: string) => boolean;
  /** Tags that the resource must carry. */
  readonly tags: Tags;
  /** Values that AWS gave up on before, from the inventory. */
  readonly refused?: Refusal | undefined;
  /** They are to be sent once more. */
  readonly tryAgain?: boolean | undefined;
  /** It exists, the spec names it for adoption, and it has not been taken over yet. */
  readonly adopting?: boolean | undefined;
  /** Nodes that it is made of and that wait for a person (held.ts): what exists of it is left as it is. */
  readonly heldBy?: readonly string[] | undefined;
}

/** How soon to look for what a person must bring, as a Secret. */
const BLOCKED_LOOK_AGAIN_MS = 10_000;

/** The step for one node. Pure: the same for the plan that is printed and for the one that is carried out. */
export function planNode(node: Node, observation: Observation, around: Surroundings): Step {
  const base = { node: node.id, type: node.type, name: node.name };
  const desired = resolve(node.props, around.outputOf) as Plain;
  if (node.blocked || (around.heldBy && observation.state === "live")) {
    const id = observation.state === "live" ? observation.id : undefined;
    const waits = { ...base, id, action: "wait", changes: [], serves: outputsOf(observation) !== undefined } as const;
    if (node.blocked) return { ...waits, ...node.blocked, lookAgainMs: BLOCKED_LOOK_AGAIN_MS };
    return { ...waits, reason: "WaitsForDependencies", message: `waits for ${around.heldBy?.join(", ")}` };
  }
  switch (observation.state) {
    case "absent":
    case "unresolved":
      return node.adopt
        ? { ...base, action: "refuse", changes: [], reason: "AdoptionTargetMissing", message: missing(node) }
        : { ...base, action: "create", changes: asChanges(desired) };
    case "unsure":
      return { ...base, action: "wait", changes: [], reason: "NotVisibleYet", ...pick(observation) };
    case "unread":
      return { ...base, action: "wait", changes: [], reason: "ReadFailed", message: String(observation.error) };
    case "foreign":
      return {
        ...base,
        action: "refuse",
        id: observation.id,
        changes: [],
        reason: "NotOurs",
        message:
          `${node.type} ${observation.id} exists and belongs to ${observation.owner}; delete or rename it, ` +
          `or take it over with spec.adopt: [{resource: "${node.id}", id: "${observation.id}"}]`,
      };
    case "live":
      return planLive(node, observation, desired, around);
  }
}

function planLive(
  node: Node,
  { id, observed }: Extract<Observation, { state: "live" }>,
  desired: Plain,
  around: Surroundings,
): Step {
  const { rules } = around;
  const base = { node: node.id, type: node.type, name: node.name, id };
  const pollMs = rules.timing.pollSeconds * 1000;
  if (observed.phase === "deleting") {
    return { ...base, action: "wait", changes: [], reason: "Deleting", message: observed.message, lookAgainMs: pollMs };
  }
  const serves = observed.phase === "ready" || observed.outputs !== undefined;
  const refusal = around.tryAgain ? undefined : (observed.refused ?? around.refused);
  // Together they are what was tried: with one of them changed it is something else, and is sent as a whole.
  const refused: Plain = refusal && isSame(desired, refusal.values, rules) ? refusal.values : {};
  const all = diff(desired, observed.live as Plain, rules, around.willChange);
  if (around.tryAgain) all.push(...stuckIn(observed, desired, all));
  const changes = all.filter(({ field }) => !(field in refused));
  const held = all.length - changes.length;
  const forced = changes.filter((change) => change.createOnly || !rules.update);
  if (observed.phase === "failed" && observed.recreate && !rules.data) {
    return { ...base, action: "replace", changes: all, message: observed.message };
  }
  if (forced.length > 0 && around.adopting) {
    return { ...base, action: "refuse", changes, reason: "AdoptionMismatch", message: mismatch(node, forced) };
  }
  if (forced.length > 0) {
    if (rules.data && !node.replaceable) {
      return {
        ...base,
        action: "refuse",
        changes,
        reason: "ReplacementNotAllowed",
        message: notAllowed(node, forced),
        serves,
      };
    }
    return { ...base, action: "replace", changes, serves };
  }
  const tagChanges = rules.tag && observed.tags ? diffTags(around.tags, observed.tags) : [];
  if (changes.length + tagChanges.length > 0) {
    return { ...base, action: "update", changes: [...changes, ...tagChanges], serves };
  }
  if (observed.phase === "failed" || held > 0) {
    const message = observed.phase === "failed" ? observed.message : heldBack(refusal?.because);
    return { ...base, action: "refuse", changes: all, reason: "Failed", message, serves };
  }
  if (observed.phase === "progressing") {
    return {
      ...base,
      action: "wait",
      changes: [],
      reason: "Progressing",
      message: observed.message,
      lookAgainMs: pollMs,
      serves,
    };
  }
  return { ...base, action: "none", changes: [], serves };
}

/** Whether all of these values are the ones that are desired. */
function isSame(desired: Plain, values: Plain, rules: DiffRules): boolean {
  const asked = Object.fromEntries(Object.keys(values).map((field) => [field, desired[field]]));
  return diff(asked, values, rules, () => true).length === 0;
}

/** Fields that are as declared and yet did not work: to be sent once more. */
function stuckIn({ live, refused }: AnyObserved, desired: Plain, changes: readonly FieldChange[]): FieldChange[] {
  return Object.entries(refused?.values ?? {})
    .filter(([field, value]) => show(value) === show(desired[field]) && !changes.some((one) => one.field === field))
    .map(([field]) => ({ field, from: live[field], to: desired[field] }));
}

/** Our tags that are missing or differ; tags that others added are theirs. */
function diffTags(desired: Tags, live: Tags): FieldChange[] {
  return Object.entries(desired)
    .filter(([key, value]) => live[key] !== value)
    .map(([key, value]) => ({ field: `tags.${key}`, from: live[key], to: value }));
}

function asChanges(desired: Plain): FieldChange[] {
  return Object.entries(desired)
    .filter(([, to]) => to !== undefined)
    .map(([field, to]) => ({ field, to }));
}

function pick(observation: Extract<Observation, { state: "unsure" }>): Pick<Step, "message" | "lookAgainMs"> {
  return { message: observation.message, lookAgainMs: observation.lookAgainMs };
}

function missing(node: Node): string {
  return `spec.adopt names ${node.adopt} for ${node.id}, but no such ${node.type} exists in this account and region; correct the id or remove the entry`;
}

function mismatch(node: Node, forced: readonly FieldChange[]): string {
  const fields = forced.map(({ field, from, to }) => `its ${field} is ${show(from)} and would have to be ${show(to)}`);
  const where = fieldOf(node);
  return `spec.adopt names ${node.adopt} for ${node.id}, but ${fields.join(", ")}, which AWS cannot change: ${where ? `make ${where} fit it` : "name another"}, or remove the entry`;
}

function heldBack(because = "AWS gave up on it before"): string {
  return `${because}. What ran before runs on, and the same is not tried again: change the spec, or ask again with the annotation agentorchestrator.io/reconcile`;
}

function notAllowed(node: Node, forced: readonly FieldChange[]): string {
  const fields = forced.map((change) => `${change.field} from ${show(change.from)} to ${show(change.to)}`).join(", ");
  return `changing ${fields} would replace ${node.type} ${node.name} and lose its data; undo the change, or allow it with spec.allowReplacement: ["${node.id}"]`;
}
