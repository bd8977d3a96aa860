/** A condition as Kubernetes defines it: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#condition-v1-meta */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** CamelCase, stable. */
  readonly reason: string;
  /** For people. Holds no times and no counters that change with every pass, so that it does not flap. */
  readonly message: string;
  readonly observedGeneration?: number | undefined;
  /** RFC 3339, when `status` last changed. */
  readonly lastTransitionTime: string;
}

export type Claim = Pick<Condition, "type" | "status" | "reason" | "message">;

/** Longest message that is written: enough to name what is wrong and what to do. */
const LONGEST_MESSAGE = 1_024;

/**
 * The claims as conditions, sorted by type. The time of a transition is kept while the status stays the same; a type
 * that is not claimed any more is dropped, as Reconciling and Stalled are when they are not true.
 */
export function conditionsFrom(
  claims: readonly Claim[],
  previous: readonly Condition[],
  generation: number,
  now: string,
): readonly Condition[] {
  return [...claims]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((claim) => {
      const before = previous.find(({ type }) => type === claim.type);
      return {
        ...claim,
        message:
          claim.message.length > LONGEST_MESSAGE ? `${claim.message.slice(0, LONGEST_MESSAGE - 1)}…` : claim.message,
        observedGeneration: generation,
        lastTransitionTime: before?.status === claim.status ? before.lastTransitionTime : now,
      };
    });
}
