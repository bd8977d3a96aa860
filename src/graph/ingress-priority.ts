import type { Agent } from "../api/agent.ts";

/** Priorities that rules of equal exactness share. */
const band = 190;
/** Of the one rule that comes before those of all agents. */
export const firstPriority = 1;

/**
 * Priority of each rule, by `ruleKey`; the lowest matches first. The more of a path stands before its first wildcard, the
 * earlier it is tried, and at the same length a rule for certain hosts comes before one for all. The place within a band
 * comes from agent and path alone, so that an agent more or less moves no other rule, except where two meet.
 */
export function priorities(agents: readonly Agent[]): ReadonlyMap<string, number> {
  const taken = new Set<number>([firstPriority]);
  const order = new Map<string, number>();
  for (const agent of [...agents].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const path of [...(agent.ingress?.paths ?? [])].sort()) {
      const start = 1 + bandOf(path, agent.ingress?.hosts !== undefined) * band;
      let place = placeOf(ruleKey(agent.name, path));
      while (taken.has(start + place)) place = (place + 1) % band;
      taken.add(start + place);
      order.set(ruleKey(agent.name, path), start + place);
    }
  }
  return order;
}

/** 0 for a path of 128 characters without a wildcard and for certain hosts, 257 for `*` and all hosts. */
function bandOf(path: string, forHosts: boolean): number {
  const wildcard = path.search(/[*?]/);
  const exact = wildcard === -1 ? path.length + 1 : wildcard;
  return (129 - Math.min(exact, 129)) * 2 + (forHosts ? 0 : 1);
}

/** FNV-1a, folded into a band. */
function placeOf(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value % band;
}

/** What names a rule among all of the load balancer. */
export function ruleKey(agent: string, path: string): string {
  return `${agent} ${path}`;
}
