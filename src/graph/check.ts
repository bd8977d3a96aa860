import type { EffectiveSpec } from "../api/effective.ts";
import type { Facts } from "./facts.ts";
import type { Graph } from "./graph.ts";

/** What only AWS can tell about a spec, and only a person can put right. */
export interface Problem {
  /** Stable, for the condition. */
  readonly reason:
    | "WrongAccount"
    | "ZoneNotAvailable"
    | "TooFewZones"
    | "VpcNotFound"
    | "VpcWithoutDns"
    | "SubnetNotFound"
    | "SubnetInOtherVpc"
    | "SubnetsInOneZone"
    | "UnknownNode";
  /** "spec.network.existing.vpc" */
  readonly field: string;
  /** What is wrong with which value, and what to do. */
  readonly message: string;
}

/** Why no graph of this spec can be carried out in this account and region; empty when nothing speaks against it. */
export function problemsOf(spec: EffectiveSpec, facts: Facts): readonly Problem[] {
  return [...accountProblems(spec, facts), ...zoneProblems(spec, facts), ...existingProblems(spec, facts)];
}

/** Node ids in the spec that are not in its graph. */
export function unknownNodes(spec: EffectiveSpec, graph: Graph): readonly Problem[] {
  const unknown = (field: string, node: string): Problem[] => {
    if (graph.get(node)) return [];
    const message = `${node} is no resource of this AgentOrchestrator: take a node id from the plan or from status.resources`;
    return [{ reason: "UnknownNode", field, message }];
  };
  return [
    ...spec.adopt.flatMap(({ resource }, index) => unknown(`spec.adopt[${index}].resource`, resource)),
    ...spec.allowReplacement.flatMap((node, index) => unknown(`spec.allowReplacement[${index}]`, node)),
  ];
}

function accountProblems({ aws }: EffectiveSpec, { account }: Facts): readonly Problem[] {
  if (aws.account === undefined || aws.account === account) return [];
  const message = `spec.aws.account is ${aws.account}, and the credentials for this namespace are of ${account}: correct one of them`;
  return [{ reason: "WrongAccount", field: "spec.aws.account", message }];
}

function zoneProblems({ network, aws }: EffectiveSpec, { zones }: Facts): readonly Problem[] {
  if (!network.made) return [];
  const field = "spec.network.zones";
  const offered = `${aws.region} offers ${[...zones].sort().join(", ") || "none"}`;
  const missing = network.made.zones.filter((zone) => !zones.includes(zone));
  if (missing.length > 0) {
    const message = `${missing.join(", ")} cannot be used: ${offered}. Name zones that can`;
    return [{ reason: "ZoneNotAvailable", field, message }];
  }
  if (network.made.zones.length >= 2) return [];
  const message = `two zones are needed, and ${offered}: choose another region, or ask AWS for access to its zones`;
  return [{ reason: "TooFewZones", field, message }];
}

function existingProblems({ network, access, aws }: EffectiveSpec, facts: Facts): readonly Problem[] {
  const { existing } = network;
  if (!existing) return [];
  const { vpc, subnets } = facts.network ?? { vpc: undefined, subnets: new Map() };
  const field = "spec.network.existing";
  if (!vpc) {
    const message = `${existing.vpc} does not exist in ${aws.region} of account ${facts.account}: correct the id, the region or the account`;
    return [{ reason: "VpcNotFound", field: `${field}.vpc`, message }];
  }
  const problems: Problem[] = [];
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    const message = `${vpc.id} has DNS support or DNS host names off, and agents find each other by DNS: turn both on`;
    problems.push({ reason: "VpcWithoutDns", field: `${field}.vpc`, message });
  }
  for (const side of ["publicSubnets", "privateSubnets"] as const) {
    const zones = new Set<string>();
    for (const [index, id] of existing[side].entries()) {
      const subnet = subnets.get(id);
      const at = `${field}.${side}[${index}]`;
      if (!subnet) {
        const message = `${id} does not exist in ${aws.region} of account ${facts.account}: correct the id`;
        problems.push({ reason: "SubnetNotFound", field: at, message });
      } else if (subnet.vpcId !== existing.vpc) {
        const message = `${id} is in ${subnet.vpcId}, not in ${existing.vpc}: name a subnet of that VPC`;
        problems.push({ reason: "SubnetInOtherVpc", field: at, message });
      } else zones.add(subnet.zone);
    }
    const needed = side === "privateSubnets" || access.scheme === "internet-facing";
    if (needed && zones.size === 1) {
      const message = `all ${side} are in ${[...zones][0]}, and AWS wants two zones: add a subnet of another zone`;
      problems.push({ reason: "SubnetsInOneZone", field: `${field}.${side}`, message });
    }
  }
  return problems;
}
