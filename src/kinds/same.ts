import type { Live } from "./kind.ts";

type Same<Props> = (desired: Props, live: Live<Props>) => boolean;

/** A list whose order means nothing to AWS: subnets, security groups, rules. Made for Kind.same. */
export function asSet<Props extends object>(prop: keyof Props & string): Same<Props> {
  return (desired, live) => sameSet(desired[prop] as readonly unknown[], live[prop] as readonly unknown[]);
}

/** Whether two lists hold the same members, in whatever order and however often. */
export function sameSet(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  const members = (list: readonly unknown[] | undefined) =>
    JSON.stringify([...new Set((list ?? []).map(canonicalJson))].sort());
  return members(a) === members(b);
}

/** JSON with the keys of every object in order and undefined members left out: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
