import { kindOf } from "../../src/kinds/registry.ts";
import { resourcesIn } from "../support/account.ts";
import type { Play } from "./play.ts";

/** What must be the same after a disturbed life as after an undisturbed one. */
export interface Settled {
  /** Everything in the account, by name. */
  readonly resources: readonly string[];
  /** What the operator knows of it, by node. */
  readonly inventory: readonly string[];
}

/** Values that stand in Secrets of the cluster: nobody but AWS Secrets Manager may be told them. */
const SECRET_VALUES = ["snowflake-private-key", "sk-lf-1", "pk-lf-1", "postgres-password"];

export async function settledState(play: Play): Promise<Settled> {
  const inventory = play.inventory.map(
    ({ node, type, superseded, intent }) =>
      `${node} ${type}${superseded ? " superseded" : ""}${intent ? " with an open intent" : ""}`,
  );
  return { resources: await resourcesIn(play.account), inventory: inventory.sort() };
}

/** How two states differ, in words; empty when they do not. */
export function differences(expected: Settled, actual: Settled): string[] {
  return (["resources", "inventory"] as const).flatMap((part) => [
    ...without(actual[part], expected[part]).map((extra) => `${part}: ${extra} is too much`),
    ...without(expected[part], actual[part]).map((missing) => `${part}: ${missing} is missing`),
  ]);
}

/** Entries of the inventory whose resource AWS does not have, or not for us. */
export async function deadEntries(play: Play): Promise<string[]> {
  const aws = play.client();
  const looks = play.inventory.map(async ({ node, type, id }) => {
    if (id === undefined) return `inventory: ${node} has no id`;
    const observed = await kindOf(type).observe(aws, id);
    if (!observed) return `inventory: ${node} ${id} does not exist`;
    return observed.phase === "ready" ? undefined : `inventory: ${node} ${id} is ${observed.phase}`;
  });
  return (await Promise.all(looks)).filter((problem) => problem !== undefined);
}

/** What must hold however a life went: secrets are kept, and nobody made a mistake in programming. */
export function lapses(play: Play): string[] {
  const { object, store, log, aws } = play;
  const told = JSON.stringify([object, store.events, log]);
  const expected = /KubeError|ConflictError|another process leads by now/;
  return [
    ...SECRET_VALUES.filter((value) => told.includes(value)).map((value) => `${value} was told`),
    ...aws.failures.map((error) => `the simulator failed: ${error.stack}`),
    ...log.filter((line) => line.startsWith("error") && !expected.test(line)),
  ];
}

/** What `a` has more often than `b`. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
