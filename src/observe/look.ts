import { classify } from "../aws/errors.ts";
import type { AnyObserved, Observation } from "../plan/observation.ts";
import type { Pass } from "./pass.ts";

/** How old a look may be, in milliseconds, that stands in for one that AWS did not answer. */
const UNREAD_TRUST_MS = 600_000;

/**
 * One look at a resource whose id is known. An empty read counts as absence only when AWS's reads cannot be behind any
 * more; a failed one never does.
 */
export async function look(pass: Pass, type: string, id: string, recorded: boolean): Promise<Observation> {
  const { memory, aws } = pass;
  const key = sightingKey(type, id);
  const now = aws.clock.now();
  const recent = pass.trustMs > 0 ? memory.recent(key, now, pass.trustMs) : undefined;
  if (recent) return recent;
  let observed: AnyObserved | undefined;
  try {
    observed = await pass.kindOf(type).observe(aws, id);
  } catch (error) {
    // A look that came to nothing for the request rate or AWS's own trouble says nothing: what was seen stands for a while.
    const passing = ["throttle", "transient"].includes(classify(error));
    const last = passing ? memory.recent(key, now, UNREAD_TRUST_MS) : undefined;
    return last ?? { state: "unread", error };
  }
  if (observed) {
    const live: Observation = { state: "live", id: observed.id ?? id, observed };
    memory.live(sightingKey(type, live.id), live, now);
    return live;
  }
  if (!recorded) return { state: "absent" };
  const lookAgainMs = memory.absent(key, now);
  if (lookAgainMs === 0) return { state: "absent" };
  return {
    state: "unsure",
    message: `AWS does not show ${id} (yet, or any more)`,
    lookAgainMs: Math.min(lookAgainMs, 5_000),
  };
}

export function sightingKey(type: string, id: string): string {
  return `${type} ${id}`;
}
