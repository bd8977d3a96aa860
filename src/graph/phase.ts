import type { Phase } from "../api/status.ts";
import type { Fact, Node } from "./graph.ts";

const byFact: Readonly<Record<Fact, Phase>> = {
  NetworkReady: "Foundation",
  IdentityReady: "Foundation",
  RegistryReady: "StorageAndRegistry",
  StorageReady: "StorageAndRegistry",
  SecretsReady: "StorageAndRegistry",
  ClusterReady: "Compute",
  DiscoveryReady: "Compute",
  AgentsReady: "Compute",
  IngressReady: "Networking",
  DatabaseReady: "Database",
  CacheReady: "Database",
  ObservabilityReady: "Monitoring",
};

/** The provisioning phase that a resource belongs to. Roles with rights in Bedrock are what the phase AI consists of. */
export function phaseOf(node: Pick<Node, "fact" | "type" | "props">): Phase {
  const mayInvoke = node.type === "AWS::IAM::Role" && JSON.stringify(node.props.policies).includes('"bedrock:');
  return mayInvoke ? "AI" : byFact[node.fact];
}
