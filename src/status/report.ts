import type { EffectiveSpec } from "../api/effective.ts";
import { finalizer } from "../api/resource.ts";
import type { Outcome } from "../apply/result.ts";
import { estimate } from "../cost/estimate.ts";
import { endpointOf } from "../graph/ingress.ts";
import { resolve } from "../graph/ref.ts";
import { kindOf } from "../kinds/registry.ts";
import { formatKey } from "../kube/object-store.ts";
import type { Prepared } from "../observe/prepare.ts";
import { untilNextLook } from "../observe/turns.ts";
import type { Operator } from "../operator.ts";
import { agentsOf } from "./agents.ts";
import { type Note, notesOf } from "./events.ts";
import type { Hindrance } from "./hindrance.ts";
import { summarize, summarizeHindrance } from "./summarize.ts";
import type { StatusWriter } from "./writer.ts";

/** How soon a pass that could not begin is tried again, where a person is expected to act outside the object. */
const HINDERED_AGAIN_MS = 15_000;

/** The first word on a new object: who waits for it must not take silence for readiness, as kstatus does. */
export async function reportBegun(operator: Operator, writer: StatusWriter): Promise<void> {
  const { status = {} } = writer.object;
  const begun = { reason: "Progressing", message: "looking at what AWS has of it", stalled: false };
  const now = new Date(operator.clock.now()).toISOString();
  await writer.begin(summarizeHindrance(status, begun, writer.generation, now), finalizer);
}

/** Writes the status of a pass and its events, and says in how many milliseconds the next one is due. */
export async function reportPass(
  operator: Operator,
  writer: StatusWriter,
  prepared: Prepared,
  outcome: Outcome,
): Promise<number> {
  const { object } = writer;
  const { pass, deleting } = prepared;
  const previous = object.status ?? {};
  const status = summarize({
    generation: writer.generation,
    deleting,
    previous,
    outcome,
    agents: deleting ? [] : await agentsOf(pass.aws, outcome),
    cost: prepared.spec && estimate(pass.graph, prepared.spec),
    budgetUSD: prepared.spec?.budget?.monthlyUSD,
    account: pass.aws.account,
    endpoint: prepared.spec && !deleting ? endpoint(prepared.spec, outcome) : undefined,
    defaults: prepared.defaults,
    handledReconcile: prepared.reconcileRequest,
    usually: (type) => kindOf(type).timing.usually,
    now: new Date(operator.clock.now()).toISOString(),
  });
  await writer.all(status, pass.inventory.entries);
  const settled = previous.observedGeneration === writer.generation && wasReady(previous.conditions);
  await tell(operator, object, notesOf(outcome, settled));
  return (await pass.memory.imagesMoved()) ? 0 : againMs(operator, prepared, outcome);
}

async function tell(operator: Operator, object: StatusWriter["object"], notes: readonly Note[]): Promise<void> {
  const { standing } = operator.memoryOf(formatKey(object.metadata), object.metadata.uid);
  const due = standing.due(
    notes.flatMap(({ stands, message }) => (stands ? message : [])),
    operator.clock.now(),
  );
  for (const { stands, ...note } of notes) {
    if (!stands || due.has(note.message)) await operator.store.event(object, note);
  }
}

function endpoint(spec: EffectiveSpec, { nodes }: Outcome): string | undefined {
  const address = resolve(
    endpointOf({ spec }),
    (node, output) => nodes.find((result) => result.node.id === node)?.outputs?.[output],
  );
  return typeof address === "string" ? address : undefined;
}

/** A pass that could not begin: the condition says why, what AWS has stays as it is. */
export async function reportHindrance(operator: Operator, writer: StatusWriter, hindrance: Hindrance): Promise<number> {
  const { object } = writer;
  const previous = object.status ?? {};
  const now = new Date(operator.clock.now()).toISOString();
  const status = summarizeHindrance(previous, hindrance, writer.generation, now);
  await writer.allBut(status);
  const { reason, message } = hindrance;
  await tell(operator, object, [{ type: "Warning", reason, action: "Reconcile", message, stands: true }]);
  return HINDERED_AGAIN_MS;
}

export async function reportPaused(operator: Operator, writer: StatusWriter): Promise<undefined> {
  const { object } = writer;
  const message =
    "paused: nothing is changed in AWS until spec.paused and the annotation agentorchestrator.io/paused are gone" +
    (object.metadata.deletionTimestamp === undefined ? "" : "; the deletion waits as well");
  const now = new Date(operator.clock.now()).toISOString();
  const hindrance = { reason: "Paused", message, stalled: true };
  const previous = object.status ?? {};
  await writer.allBut(summarizeHindrance(previous, hindrance, writer.generation, now));
  return undefined;
}

function wasReady(conditions: readonly { readonly type: string; readonly status: string }[] = []): boolean {
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/**
 * As soon as the first thing that is waited for is worth another look, and at the latest when it is the object's turn to
 * be looked at as a whole. What AWS is at work on is looked at together with that of all other objects.
 */
function againMs(operator: Operator, { pass, intervalMs }: Prepared, outcome: Outcome): number {
  const now = pass.aws.clock.now();
  const turn = operator.turnAfter(pass.memory.sweptAt, pass.owner.owner, intervalMs) - now;
  const looks = [...outcome.nodes, ...outcome.leaving].flatMap(({ state, lookAgainMs }) => {
    if (lookAgainMs === undefined) return [];
    return state === "progressing" || state === "deleting" ? untilNextLook(now, lookAgainMs) : lookAgainMs;
  });
  return Math.max(50, Math.min(turn, ...looks));
}
