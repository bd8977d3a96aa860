import { ConflictError, KubeError } from "../../src/kube/errors.ts";
import type { Fault as AwsFault, FaultRule } from "../simulator/index.ts";
import type { FaultName, Strike } from "./fault.ts";
import { never } from "./gate.ts";
import type { Play } from "./play.ts";
import type { Write } from "./write.ts";

/** How long AWS refuses everything, in milliseconds: longer than the SDK and the guard try by themselves. */
const BURST_MS = 20_000;
/** By how much reads are behind, and for how long, in milliseconds. */
const BEHIND_MS = 25_000;
const BEHIND_FOR_MS = 60_000;
/** For how long the API server is away, in milliseconds. */
const AWAY_MS = 30_000;

export const faults: Readonly<Record<FaultName, Strike>> = {
  /** Killed, and the request with it. */
  "crash-before": async (play) => {
    play.crash("lost");
    return never();
  },
  /** Killed between the effect and the answer. */
  "crash-after": async (play, _by, _write, effect) => {
    await effect().catch(() => undefined);
    play.crash("lost");
    return never();
  },
  /** Killed, and everything that was on the wire arrives. */
  "crash-landing": async (play, _by, _write, effect) => {
    play.crash("lands");
    await effect().catch(() => undefined);
    return never();
  },
  /** The effect, and no answer. */
  lost: async (play, _by, write, effect) => {
    if (write.to === "aws") return once(play, write, { kind: "lost" }, effect);
    await effect();
    throw new KubeError(0, "NoAnswer", "socket hang up");
  },
  /** No effect, and no answer. */
  "never-sent": async (play, _by, write, effect) => {
    if (write.to === "aws") return once(play, write, { kind: "lost", before: true }, effect);
    throw new KubeError(0, "NoAnswer", "socket hang up");
  },
  /** The effect, and a server error. */
  "error-after": async (play, _by, write, effect) => {
    if (write.to === "aws") return once(play, write, { kind: "error", after: true }, effect);
    await effect();
    throw new KubeError(500, "InternalError", "etcdserver: request timed out");
  },
  /** From this write on, AWS refuses everything for a while. */
  throttled: async (play, _by, _write, effect) => {
    play.during(BURST_MS, { fault: { kind: "throttle" } });
    return effect();
  },
  /** What is written from now on is seen late, each row by its own chance. */
  lag: async (play, _by, _write, effect) => {
    play.lagging(BEHIND_MS, BEHIND_FOR_MS);
    return effect();
  },
  /** Reads show the past. */
  stale: async (play, _by, _write, effect) => {
    play.during(BEHIND_FOR_MS, { fault: { kind: "stale", ms: BEHIND_MS }, write: false });
    return effect();
  },
  /** Another process has written the status. */
  conflict: async () => {
    throw new ConflictError("another process wrote its status");
  },
  /** The process stands still before the call; another takes over; then it goes on and carries the call out. */
  paused: async (play, _by, _write, effect) => {
    await play.handOver();
    return effect();
  },
  /** The user edits the spec, or takes the edit back. */
  edited: async (play, _by, _write, effect) => {
    play.changeMind();
    return effect();
  },
  /** The user deletes the object. */
  deleted: async (play, _by, _write, effect) => {
    play.delete();
    return effect();
  },
  /** Somebody deletes one of the resources in AWS. */
  removed: async (play, _by, _write, effect) => {
    await play.removeSomething();
    return effect();
  },
  /** The cluster is restored from a backup that has no status. */
  forgotten: async (play) => {
    play.crash("lost");
    play.loseStatus();
    return never();
  },
  /** The API server is away for a while, from right after this write on or instead of it. */
  unreachable: async (play, _by, write, effect) => {
    if (write.to === "aws") play.clusterAway(AWAY_MS);
    const answer = await effect();
    if (write.to === "kubernetes") play.clusterAway(AWAY_MS);
    return answer;
  },
};

/** Has the fault strike this one call. */
async function once<T>(play: Play, { service, action }: Write, fault: AwsFault, effect: () => Promise<T>): Promise<T> {
  // Of a REST protocol the name is not the action's: there the next write to the service is this one.
  const named: Pick<FaultRule, "action"> = action.includes(" ") ? {} : { action };
  const over = play.aws.faults.add({ fault, service, write: true, times: 1, ...named });
  try {
    return await effect();
  } finally {
    over();
  }
}
