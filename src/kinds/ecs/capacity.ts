import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";

/** One share of a capacity provider strategy: `base` tasks first, then by weight. */
export interface CapacityStrategy {
  /** "FARGATE", "FARGATE_SPOT" */
  readonly provider: string;
  readonly weight: number;
  readonly base: number;
}

export function toStrategyItems(strategy: readonly CapacityStrategy[]): CapacityProviderStrategyItem[] {
  return strategy.map(({ provider, weight, base }) => ({ capacityProvider: provider, weight, base }));
}

export function fromStrategyItems(items: readonly CapacityProviderStrategyItem[] | undefined): CapacityStrategy[] {
  return (items ?? []).map(({ capacityProvider = "", weight = 0, base = 0 }) => ({
    provider: capacityProvider,
    weight,
    base,
  }));
}
