import type { Aws } from "../../src/aws/aws.ts";
import { classify, StillWorking } from "../../src/aws/errors.ts";
import type { AnyKind, Observed, Target } from "../../src/kinds/kind.ts";
import { diff, type FieldChange, type Plain } from "../../src/plan/diff.ts";

type Props = Readonly<Record<string, unknown>>;
type Ready = Extract<Observed<Props, Props>, { phase: "ready" }>;

/** Virtual time within which everything that AWS does here is done. */
const LONGEST_MS = 2 * 3600 * 1000;

/** Virtual time within which AWS deletes anything here: less than the hour for which it shows what it has deleted. */
const GONE_WITHIN_MS = 45 * 60 * 1000;

/** Looks as often as the kind says, as the engine would, until it is ready. @throws when it fails, goes, or takes hours. */
export async function untilReady(aws: Aws, kind: AnyKind, created: string): Promise<{ id: string; observed: Ready }> {
  const deadline = aws.clock.now() + LONGEST_MS;
  let id = created;
  for (;;) {
    const observed: Observed<Props, Props> | undefined = await kind.observe(aws, id);
    if (!observed) throw new Error(`${kind.type} ${id} is not there`);
    id = observed.id ?? id;
    if (observed.phase === "ready") return { id, observed };
    if (observed.phase !== "progressing")
      throw new Error(`${kind.type} ${id} is ${observed.phase}: ${observed.message}`);
    if (!observed.message) throw new Error(`${kind.type} ${id} does not say what it waits for`);
    if (aws.clock.now() > deadline) throw new Error(`${kind.type} ${id} does not get ready: ${observed.message}`);
    await aws.clock.sleep(kind.timing.pollSeconds * 1000);
  }
}

/** What the plan would say about it. */
export function differences(kind: AnyKind, props: object, observed: Observed<Props, Props>): FieldChange[] {
  return diff(props as Plain, observed.live as Plain, kind, () => false);
}

/** Repairs differences until there are none, as the engine would. @throws when a change cannot be made in place. */
export async function settle(
  aws: Aws,
  kind: AnyKind,
  created: string,
  target: Target<object>,
): Promise<{ id: string; observed: Ready }> {
  for (let round = 0; round < 5; round++) {
    const { id, observed } = await untilReady(aws, kind, created);
    const changes = differences(kind, target.props, observed);
    if (changes.length === 0) return { id, observed };
    await update(aws, kind, id, target.props, observed, changes);
  }
  throw new Error(`${kind.type} ${created} still differs after five updates`);
}

export async function update(
  aws: Aws,
  kind: AnyKind,
  id: string,
  props: object,
  observed: Observed<Props, Props>,
  changes: readonly FieldChange[],
): Promise<void> {
  const forced = changes.filter((change) => change.createOnly);
  if (forced.length > 0 || !kind.update) {
    throw new Error(`${kind.type} ${id} cannot change ${changes.map(({ field }) => field).join(", ")} in place`);
  }
  const change = { props, live: observed.live, changed: changes.map(({ field }) => field) };
  const deadline = aws.clock.now() + LONGEST_MS;
  for (;;) {
    try {
      return await kind.update(aws, id, change);
    } catch (error) {
      // Right request, wrong moment (a backup runs): the engine comes again.
      if (classify(error) !== "busy" || aws.clock.now() > deadline) throw error;
      await aws.clock.sleep(kind.timing.pollSeconds * 1000);
    }
  }
}

/** Deletes, in as many calls as it takes, and waits until AWS shows it no more. */
export async function remove(aws: Aws, kind: AnyKind, id: string): Promise<void> {
  const deadline = aws.clock.now() + GONE_WITHIN_MS;
  for (;;) {
    await deleteAgain(aws, kind, id);
    for (;;) {
      const observed = await kind.observe(aws, id);
      if (!observed) return;
      if (aws.clock.now() > deadline) throw new Error(`${kind.type} ${id} is still ${observed.phase}`);
      await aws.clock.sleep(kind.timing.pollSeconds * 1000);
      if (observed.phase !== "deleting") break;
    }
  }
}

/** A delete as the engine takes it: not found is done, and what works on or is being changed comes again. */
export async function deleteAgain(aws: Aws, kind: AnyKind, id: string): Promise<void> {
  try {
    await kind.delete(aws, id, {});
  } catch (error) {
    if (error instanceof StillWorking || ["notFound", "busy"].includes(classify(error))) return;
    throw error;
  }
}
