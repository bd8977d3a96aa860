import { seededRandom } from "../simulator/random.ts";
import { type Fault, type FaultName, faultNames, type Moment, strikes } from "./fault.ts";
import { type LifeName, lives } from "./life.ts";
import type { Traced } from "./play.ts";

/** A life with faults, and the chance that what they leave open is drawn with. */
export interface Plan {
  readonly life: LifeName;
  readonly faults: readonly Fault[];
  readonly seed: number;
}

/** How often each life is played: the small one is quick, and has most of what can go wrong. */
const SHARES: Readonly<Record<LifeName, number>> = { small: 0.4, data: 0.2, files: 0.2, cache: 0.1, reference: 0.1 };
/** Share of plans with two faults, and how many writes they are apart at most. */
const PAIRS = 0.3;
const APART = 40;

/**
 * An endless row of plans, the same for the same seed: every single fault once, in an order by chance, before one comes
 * again, and between them pairs.
 */
export function* plansFor(writesOf: ReadonlyMap<LifeName, readonly Traced[]>, seed: number): Generator<Plan> {
  const random = seededRandom(seed);
  const decks = new Map<LifeName, Fault[]>();
  const known = lives.filter((life) => writesOf.has(life));
  for (;;) {
    const life = drawn(known, random);
    const writes = writesOf.get(life) ?? [];
    const deck = decks.get(life) ?? [];
    if (deck.length === 0) decks.set(life, shuffled(singles(writes), random));
    const first = decks.get(life)?.pop() as Fault;
    const faults = [first];
    if (random() < PAIRS) faults.push(second(first.at as number, random));
    yield { life, faults, seed: Math.floor(random() * 2 ** 31) };
  }
}

/** `small:crash-after@17,lost@CreateVpc.2#5`: life, faults with their moments, seed. */
export function formatPlan({ life, faults, seed }: Plan): string {
  return `${life}:${faults.map(({ kind, at }) => `${kind}@${formatMoment(at)}`).join(",")}#${seed}`;
}

/** @throws when the text is not a plan */
export function parsePlan(text: string): Plan {
  const [, life, faults, seed] = /^(\w+):(.*)#(\d+)$/.exec(text) ?? [];
  if (!lives.includes(life as LifeName)) throw new Error(`${text}: no life ${life}, but ${lives}`);
  const parsed = (faults ?? "").split(",").filter(Boolean).map(parseFault);
  return { life: life as LifeName, faults: parsed, seed: Number(seed) };
}

function parseFault(text: string): Fault {
  const [kind, at = ""] = text.split("@");
  if (!faultNames.includes(kind as FaultName)) throw new Error(`no fault ${kind}, but ${faultNames}`);
  const [action = "", nth = "1"] = at.split(".");
  return { kind: kind as FaultName, at: /^\d+$/.test(at) ? Number(at) : { action, nth: Number(nth) } };
}

const formatMoment = (at: Moment): string => (typeof at === "number" ? String(at) : `${at.action}.${at.nth ?? 1}`);

function singles(writes: readonly Traced[]): Fault[] {
  return writes.flatMap(({ to }, index) =>
    faultNames.filter((kind) => strikes(kind, to)).map((kind) => ({ kind, at: index + 1 })),
  );
}

function second(first: number, random: () => number): Fault {
  const kind = faultNames[Math.floor(random() * faultNames.length)] ?? "crash-after";
  return { kind, at: first + 1 + Math.floor(random() * APART) };
}

function drawn(known: readonly LifeName[], random: () => number): LifeName {
  let left = random() * known.reduce((sum, life) => sum + SHARES[life], 0);
  for (const life of known) {
    left -= SHARES[life];
    if (left < 0) return life;
  }
  return known[0] as LifeName;
}

function shuffled<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
