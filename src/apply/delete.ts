import { classify, describe, StillWorking } from "../aws/errors.ts";
import type { AnyKind } from "../kinds/kind.ts";
import { sightingKey } from "../observe/look.ts";
import type { Pass } from "../observe/pass.ts";
import type { InventoryEntry } from "./inventory.ts";
import type { LeavingResult } from "./result.ts";

const BLOCKED_LOOK_AGAIN_MS = 5_000;

/** Asks AWS to remove what the entry stands for, and takes the entry off the inventory once AWS shows it no more. */
export async function deleteEntry(pass: Pass, entry: InventoryEntry): Promise<LeavingResult> {
  try {
    const id = entry.id ?? (await answerIntent(pass, entry));
    if (id === undefined) return gone(pass, entry);
    if (typeof id === "number") {
      const message = `a request to create ${entry.intent?.name} got no answer; making sure that it made nothing`;
      return { entry, state: "waiting", message, lookAgainMs: Math.min(id, 10_000) };
    }
    return await deleteById(pass, { ...entry, id }, entry);
  } catch (error) {
    return deletionFailed(pass, entry, error);
  }
}

export function deletionFailed(pass: Pass, entry: InventoryEntry, error: unknown): LeavingResult {
  const lookAgainMs = pass.memory.failed(entry.node);
  return { entry, state: "error", message: `${entry.node}: ${describe(error).message}`, error, lookAgainMs };
}

/** The id that an open intent led to, the milliseconds until that is certain, or undefined: it led to nothing. */
async function answerIntent(pass: Pass, entry: InventoryEntry): Promise<string | number | undefined> {
  const { intent } = entry;
  if (!intent) return undefined;
  const tags = pass.tagsOf(entry.node, intent.name);
  const target = { name: intent.name, token: intent.nonce, tags, props: intent.props };
  const found = await pass.kindOf(entry.type).find(pass.aws, target);
  const owner = (one: { tags?: Readonly<Record<string, string>> | undefined }): boolean =>
    !one.tags ||
    Object.entries(tags).every(([key, value]) => !key.startsWith("agentorchestrator.io/") || one.tags?.[key] === value);
  const ours = found.filter(owner);
  for (const twin of ours.slice(1)) pass.inventory.addTwin(entry.node, entry.type, twin.id, { after: entry.after });
  if (ours[0]) return ours[0].id;
  const waitMs = pass.memory.recoveryMs(intent.nonce, pass.aws.clock.now());
  return waitMs > 0 ? waitMs : undefined;
}

async function deleteById(
  pass: Pass,
  known: InventoryEntry & { readonly id: string },
  entry: InventoryEntry,
): Promise<LeavingResult> {
  const kind = pass.kindOf(entry.type);
  const lookAgainMs = kind.timing.pollSeconds * 1000;
  pass.memory.touched(sightingKey(entry.type, known.id));
  const before = await kind.observe(pass.aws, known.id);
  const id = before?.id ?? known.id;
  const key = sightingKey(entry.type, id);
  if (before?.phase === "deleting") return { entry, state: "deleting", message: before.message, lookAgainMs };
  if (before) pass.memory.live(key, { state: "live", id, observed: before }, pass.aws.clock.now());
  await findTwins(pass, kind, { ...known, id }, before?.live ?? {});
  pass.assertLeading();
  try {
    await kind.delete(pass.aws, id, { finalSnapshot: snapshotName(pass, known) });
  } catch (error) {
    return refusedDelete(pass, kind, { ...known, id }, entry, error, before !== undefined);
  }
  pass.memory.touched(key);
  const after = await kind.observe(pass.aws, id);
  if (!after) return before ? gone(pass, entry) : goneOrHidden(pass, { ...known, id }, entry);
  const message = after.phase === "deleting" ? after.message : `${id} is being deleted`;
  return { entry, state: "deleting", message, lookAgainMs };
}

async function refusedDelete(
  pass: Pass,
  kind: AnyKind,
  known: InventoryEntry & { readonly id: string },
  entry: InventoryEntry,
  error: unknown,
  shown: boolean,
): Promise<LeavingResult> {
  const meaning = classify(error);
  if (meaning === "notFound") {
    if (!shown) return goneOrHidden(pass, known, entry);
    // Where a deletion takes several calls, what was not found may be a part of it: only a look tells of the whole.
    const after = await kind.observe(pass.aws, known.id);
    // An operation that never became a resource is shown for long, and is nothing that could be deleted.
    if (after?.phase !== "ready") return gone(pass, entry);
    return { entry, state: "deleting", message: `AWS still shows ${known.id}`, lookAgainMs: 1_000 };
  }
  if (error instanceof StillWorking) return { entry, state: "deleting", message: error.message, lookAgainMs: 1_000 };
  if (meaning === "dependency") {
    const blockers = (await kind.blockers?.(pass.aws, known.id)) ?? [];
    const by = blockers.length > 0 ? `used by ${blockers.join(", ")}` : describe(error).message;
    const letsGo = blockers.length > 0 && blockers.every((blocker) => pass.memory.goesWithDeleted(blocker));
    return {
      entry,
      state: letsGo ? "deleting" : "blocked",
      blockers,
      message: `AWS does not delete ${known.id} yet: ${by}`,
      lookAgainMs: BLOCKED_LOOK_AGAIN_MS,
    };
  }
  if (meaning === "busy") {
    return { entry, state: "deleting", message: describe(error).message, lookAgainMs: kind.timing.pollSeconds * 1000 };
  }
  throw error;
}

/**
 * AWS did not show it, neither to us nor to the deletion: believed only once its reads cannot be behind any more. A kind
 * that looks before it deletes has done nothing, and says nothing, about what it was not shown.
 */
function goneOrHidden(pass: Pass, { type, id }: { type: string; id: string }, entry: InventoryEntry): LeavingResult {
  const waitMs = pass.memory.absent(sightingKey(type, id), pass.aws.clock.now());
  if (waitMs === 0) return gone(pass, entry);
  const message = `AWS does not show ${id} (yet, or any more)`;
  return { entry, state: "waiting", message, lookAgainMs: Math.min(waitMs, 5_000) };
}

/** What has neither token nor natural key may have a twin from a process that was paused in the middle of a create. */
async function findTwins(
  pass: Pass,
  kind: AnyKind,
  known: InventoryEntry & { readonly id: string },
  props: object,
): Promise<void> {
  if (kind.identity !== "tags" || known.superseded) return;
  const target = { name: "", token: "", tags: pass.tagsOf(known.node, ""), props };
  for (const { id } of await kind.find(pass.aws, target)) {
    if (id !== known.id) pass.inventory.addTwin(known.node, known.type, id, { after: known.after });
  }
}

export function gone(pass: Pass, entry: InventoryEntry): LeavingResult {
  pass.inventory.remove(entry);
  if (entry.id) {
    pass.memory.gone(sightingKey(entry.type, entry.id));
    pass.memory.deleted(entry.id);
  }
  return { entry, state: "gone" };
}

/** Readable, and new for each deletion: a name that is taken would make AWS refuse. At most 255 characters in RDS. */
function snapshotName(pass: Pass, { policy, id }: InventoryEntry & { readonly id: string }): string | undefined {
  if (policy !== "Snapshot") return undefined;
  const at = new Date(pass.aws.clock.now()).toISOString().replace(/\D/g, "").slice(0, 14);
  return `${id.split(/[/:]/).at(-1)}-final-${at}`;
}
