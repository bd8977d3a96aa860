import type { Node } from "./graph.ts";

/** By the beginning of a node's id, the most exact first. */
const fields: readonly (readonly [beginning: string, field: string])[] = [
  ["subnet/", "spec.network.zones"],
  ["elastic-ip/", "spec.network.natGateways"],
  ["nat-gateway/", "spec.network.natGateways"],
  ["endpoint/", "spec.network.endpoints"],
  ["vpc", "spec.network.cidr"],
  ["alb/https", "spec.access.domain.certificateArn"],
  ["alb", "spec.access"],
  ["database/", "spec.data.database"],
  ["cache/", "spec.data.cache"],
  ["artifacts/", "spec.data.artifacts"],
  ["langfuse/", "spec.observability.langfuse"],
];

/** The field of the spec that a resource is made from, where one field decides: what a person would correct. */
export function fieldOf({ id, agent }: Pick<Node, "id" | "agent">): string | undefined {
  const field = fields.find(([beginning]) => id.startsWith(beginning))?.[1];
  return field ?? (agent === undefined ? undefined : `spec.agents[${agent}]`);
}
