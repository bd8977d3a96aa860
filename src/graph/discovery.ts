import type { NetworkParts } from "./network.ts";
import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";

export interface DiscoveryParts {
  /** "multi-agent-orchestrator.local" */
  readonly domain: string;
  /** Adds a host to the domain and returns the ARN that an ECS service registers its tasks with. */
  readonly register: (host: string, id: string, agent?: string) => Ref<string>;
}

/** Seconds that a task's address may be remembered: short, for tasks come and go with every release. */
const ttlSeconds = 10;

/** The private DNS of the VPC in which agents find each other. */
export function addDiscovery(scope: Scope, network: NetworkParts): DiscoveryParts {
  const fact = "DiscoveryReady";
  const domain = domainOf(scope);
  const { namespaceId } = scope.add(
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "discovery",
    { vpcId: network.vpcId, domain },
    { name: domain, fact },
  );
  const register = (host: string, id: string, agent?: string): Ref<string> =>
    scope.add(
      "AWS::ServiceDiscovery::Service",
      id,
      { namespaceId, recordType: "A", ttlSeconds, failureThreshold: 1 },
      { name: host, fact, ...(agent && { agent }) },
    ).arn;
  return { domain, register };
}

/** A VPC has one private zone of a name. One that is made here is ours alone; an existing one may hold several environments. */
export function domainOf({ spec, names }: Pick<Scope, "spec" | "names">): string {
  return `${spec.network.made ? spec.project : names.prefix}.local`;
}
