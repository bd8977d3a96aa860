import { seededRandom } from "../simulator/random.ts";
import { condition, isReady } from "../support/platform.ts";
import type { Fault } from "./fault.ts";
import type { Life } from "./life.ts";
import { deadEntries, differences, lapses, type Settled, settledState } from "./oracle.ts";
import { Play, type Traced, type Wanted } from "./play.ts";

/** How an undisturbed life goes: what others are held against. */
export interface Reference {
  readonly writes: readonly Traced[];
  readonly states: Readonly<Record<Wanted, Settled>>;
  /** Milliseconds of the world's clock to each state. */
  readonly tookMs: Readonly<Record<Wanted, number>>;
}

export interface Played {
  /** What should not have happened; empty when all is well. */
  readonly violations: readonly string[];
  readonly trace: readonly Traced[];
  readonly log: readonly string[];
  /** Milliseconds of the world's clock. */
  readonly tookMs: number;
  /** How many faults have struck. */
  readonly struck: number;
}

/** How much longer than undisturbed a state may take to be reached, in milliseconds: nothing here takes AWS longer. */
const PATIENCE_MS = 1_800_000;
/** Two looks at everything: nothing is written in this time once all is well. */
const CALM_MS = 130_000;
/** How long repairs may go on that the object need not show, as the search for what a paused process made, in milliseconds. */
const REPAIR_MS = 900_000;

/** Plays a life without a fault. @throws when it does not go well */
export async function undisturbed(life: Life): Promise<Reference> {
  const states: Partial<Record<Wanted, Settled>> = {};
  const tookMs: Partial<Record<Wanted, number>> = {};
  const played = await acted(new Play(life, [], 1), async (play) => {
    const began = play.clock.now();
    await reached(play);
    tookMs[play.wanted] = play.clock.now() - began;
    states[play.wanted] = await settledState(play);
    return [];
  });
  if (played.violations.length > 0) throw new Error(played.violations.join("\n"));
  return { writes: played.trace, states, tookMs } as Reference;
}

/** Plays a life with faults, and says what is not as in the undisturbed one. */
export async function disturbed(
  life: Life,
  reference: Reference,
  faults: readonly Fault[],
  seed: number,
): Promise<Played> {
  let checked = 0;
  return acted(new Play(life, faults, seed), async (play) => {
    await reached(play);
    const { struck } = play;
    if (struck === 0) return [];
    const expected = reference.states[play.wanted];
    const problems = await (struck > checked ? calmed(play, expected) : unequal(play, expected));
    checked = struck;
    return problems.map((problem) => `${play.wanted}: ${problem}`);
  });
}

/** Goes through a life, checking each state that it reaches. */
async function acted(play: Play, check: (play: Play) => Promise<string[]>): Promise<Played> {
  const random = Math.random;
  // The operator's jitter: by the same chance each time.
  Math.random = seededRandom(1);
  const violations: string[] = [];
  try {
    for (const act of ["create", "edit", "delete"] as const) {
      play[act]();
      violations.push(...(await check(play)));
      if (violations.length > 0 || play.wanted === "gone") break;
    }
  } catch (error) {
    violations.push(error instanceof Error ? error.message : String(error));
  } finally {
    Math.random = random;
    play.end();
  }
  violations.push(...lapses(play));
  const { trace, log, struck } = play;
  return { violations, trace, log, tookMs: play.clock.now() - play.began, struck };
}

/** Waits until the object is as its user wants it and no disturbance is under way. @throws when that takes too long */
async function reached(play: Play): Promise<void> {
  const deadline = play.clock.now() + PATIENCE_MS;
  while (play.disturbances > 0 || !isThere(play)) {
    if (play.clock.now() > deadline) throw new Error(`${play.wanted}: not reached\n${conditionsOf(play)}`);
    await play.clock.sleep(1_000);
    if (gaveUp(play)) {
      await play.clock.sleep(CALM_MS);
      if (gaveUp(play)) play.askAgain();
    }
  }
}

/** AWS gave up on a release, which somebody's deletion can bring about: it is not sent again until the user asks. */
function gaveUp({ object }: Play): boolean {
  return condition(object, "Stalled")?.reason === "Failed";
}

function isThere({ wanted, object }: Play): boolean {
  return wanted === "gone" ? object === undefined : isReady(object);
}

function conditionsOf({ object, inventory }: Play): string {
  const conditions = (object?.status?.conditions ?? []).filter(({ type }) =>
    /^(Ready|Stalled|Reconciling)$/.test(type),
  );
  const open = inventory.filter(({ intent, superseded }) => intent || superseded);
  return [
    ...conditions.map(({ type, status, reason, message }) => `  ${type}=${status} ${reason}: ${message}`),
    ...open.map((entry) => `  ${JSON.stringify(entry)}`),
  ].join("\n");
}

async function unequal(play: Play, expected: Settled): Promise<string[]> {
  return [...differences(expected, await settledState(play)), ...(await deadEntries(play))];
}

/** Waits until nothing is written for a while and all is as expected; says what is not if that does not come. */
async function calmed(play: Play, expected: Settled): Promise<string[]> {
  const deadline = play.clock.now() + REPAIR_MS;
  for (;;) {
    const before = play.trace.length;
    await play.clock.sleep(CALM_MS);
    const writes = play.trace.slice(before).map(({ action }) => action);
    const problems = [...(writes.length > 0 ? [`still writes ${writes}`] : []), ...(await unequal(play, expected))];
    if (problems.length === 0 && isThere(play)) return [];
    if (play.clock.now() > deadline) return isThere(play) ? problems : [...problems, "is not Ready any more"];
  }
}
