import type { EndpointService } from "../api/network.ts";
import type { NetworkParts } from "./network.ts";
import type { Scope } from "./scope.ts";
import type { SecurityParts } from "./security.ts";

/** Interface endpoints that a made network has: those that the spec names, and without NAT those that agents need. */
export function endpointServicesOf({ spec }: Pick<Scope, "spec">): readonly EndpointService[] {
  const { made } = spec.network;
  if (!made) return [];
  const wanted = new Set<EndpointService>(made.endpoints);
  if (made.natGateways === "None") {
    for (const service of ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts"] as const) wanted.add(service);
    if (spec.agents.some(({ bedrock }) => bedrock && bedrock.models.length > 0)) wanted.add("bedrock-runtime");
    if (spec.agents.some(({ uses }) => uses.some(({ component }) => component === "events"))) wanted.add("events");
    if (spec.agents.some(({ bedrock }) => bedrock?.invokeAgents)) wanted.add("bedrock-agent-runtime");
  }
  return [...wanted].sort();
}

/**
 * S3 by a gateway endpoint, which costs nothing and keeps image layers off the NAT gateways, and AWS services by interface
 * endpoints.
 *
 * @returns nodes that agents without another way out wait for
 */
export function addEndpoints(scope: Scope, network: NetworkParts, security: SecurityParts): readonly string[] {
  if (network.privateRouteTables.length === 0) return [];
  const fact = "NetworkReady";
  const service = (short: string): string => `com.amazonaws.${scope.facts.region}.${short}`;
  const { vpcId } = network;
  const gateway = scope.add(
    "AWS::EC2::VPCEndpoint",
    "endpoint/s3",
    { vpcId, service: service("s3"), type: "Gateway", routeTableIds: network.privateRouteTables },
    { name: scope.names.part("s3"), fact },
  );
  const nodes = [gateway.$node];
  for (const short of security.endpoints ? endpointServicesOf(scope) : []) {
    const props = {
      vpcId,
      service: service(short),
      type: "Interface" as const,
      subnetIds: network.private.map(({ id }) => id),
      securityGroupIds: security.endpoints ? [security.endpoints] : [],
      privateDns: true,
    };
    nodes.push(
      scope.add("AWS::EC2::VPCEndpoint", `endpoint/${short}`, props, { name: scope.names.part(short), fact }).$node,
    );
  }
  return nodes;
}
