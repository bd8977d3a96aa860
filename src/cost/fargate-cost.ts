import type { CostLine } from "../api/status.ts";
import type { Graph } from "../graph/graph.ts";
import { isRef } from "../graph/ref.ts";
import type { CapacityStrategy } from "../kinds/ecs/capacity.ts";
import { hoursPerMonth, type Prices, spotFactor } from "./prices.ts";

/** A line for each ECS service: its tasks, each as large as its task definition. */
export function fargateLines(graph: Graph, prices: Prices): readonly CostLine[] {
  return graph.nodes
    .filter(({ type }) => type === "AWS::ECS::Service")
    .flatMap((service) => {
      const { taskDefinition, desiredCount, capacityProviderStrategy } = service.props;
      const task = isRef(taskDefinition) ? graph.get(taskDefinition.$ref.node) : undefined;
      if (!task) return [];
      const vcpu = Number(task.props.cpu) / 1024;
      const gib = Number(task.props.memory) / 1024;
      const price = prices.fargate[task.props.architecture === "ARM64" ? "ARM64" : "X86_64"];
      const tasks = Number(desiredCount ?? 1);
      const onSpot = tasks * spotShare(tasks, capacityProviderStrategy as readonly CapacityStrategy[]);
      const paid = tasks - onSpot + onSpot * spotFactor;
      const spot = onSpot > 0 ? `, ${Math.round(onSpot * 10) / 10} on Spot` : "";
      return [
        {
          item: `Fargate ${service.agent ?? "database"}`,
          quantity: `${tasks} × ${vcpu} vCPU, ${gib} GiB${spot}`,
          monthlyUSD: paid * hoursPerMonth * (vcpu * price.vcpu + gib * price.gib),
        },
      ];
    });
}

/** The part of the tasks that a strategy puts on Spot: bases first, the rest by weight. */
function spotShare(tasks: number, strategy: readonly CapacityStrategy[]): number {
  if (tasks === 0) return 0;
  const base = strategy.reduce((sum, { base }) => sum + base, 0);
  const weight = strategy.reduce((sum, { weight }) => sum + weight, 0);
  const spot = strategy.find(({ provider }) => provider === "FARGATE_SPOT");
  if (!spot || weight === 0) return 0;
  const byBase = Math.min(tasks, spot.base);
  const rest = Math.max(0, tasks - base);
  return (byBase + (rest * spot.weight) / weight) / tasks;
}
