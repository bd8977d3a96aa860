/** One share of a capacity provider strategy: `base` tasks first, then by weight. */
export interface CapacityStrategy {
  readonly provider: string;
  readonly weight: number;
  readonly base: number;
}
