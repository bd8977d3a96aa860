import type { Observed } from "../kinds/kind.ts";

/** What a look at AWS told of one node: the plan's only knowledge of the world. */
export type Observation =
  /** Looked for, and not there. */
  | { readonly state: "absent" }
  /** Cannot be looked for yet: what it is made of does not exist. */
  | { readonly state: "unresolved" }
  | { readonly state: "live"; readonly id: string; readonly observed: Observed<Props, Props> }
  /** May or may not be there: AWS's reads lag behind its writes, or a create's answer was lost. Look again. */
  | { readonly state: "unsure"; readonly message: string; readonly lookAgainMs: number }
  /** The read failed, which says nothing about what is there. */
  | { readonly state: "unread"; readonly error: unknown }
  /** Something of that name exists and is not ours. */
  | { readonly state: "foreign"; readonly id: string; readonly owner: string };

type Props = Readonly<Record<string, unknown>>;
export type AnyObserved = Observed<Props, Props>;

/** Outputs that dependents may use: those of a ready node, and of one that is changing or failed but still serves. */
export function outputsOf(observation: Observation | undefined): Props | undefined {
  if (observation?.state !== "live" || observation.observed.phase === "deleting") return undefined;
  return observation.observed.outputs;
}

export function isReady(observation: Observation | undefined): boolean {
  return observation?.state === "live" && observation.observed.phase === "ready";
}
