import { z } from "zod";
import { isNetwork, parseCidr } from "./cidr.ts";
import { asSet, type Rule, ruled, type Transition } from "./rule.ts";

/** The block of a VPC when neither `cidr` nor `existing` is set. */
export const defaultCidr = "10.0.0.0/16";
export const defaultZoneCount = 2;

const blockRule: Rule<string> = {
  cel: "isCIDR(self) && cidr(self).ip().family() == 4",
  message: "must be an IPv4 block such as 10.0.0.0/16",
  holds: (text) => parseCidr(text) !== undefined,
};

const networkBlockRule: Rule<string> = {
  cel: "!isCIDR(self) || cidr(self) == cidr(self).masked()",
  message: "the bits after the prefix must be zero: write 10.0.0.0/16, not 10.0.0.5/16",
  holds: (text) => {
    const block = parseCidr(text);
    return !block || isNetwork(block);
  },
};

/** An IPv4 block, from anywhere to one address. */
export const ipv4Block = ruled(z.string().min(9).max(18), blockRule, networkBlockRule);

const vpcBlock = ruled(ipv4Block, {
  cel: "!isCIDR(self) || (cidr(self).prefixLength() >= 16 && cidr(self).prefixLength() <= 24)",
  message:
    "a VPC of an AgentOrchestrator is a /16 to /24: AWS takes nothing larger, and smaller subnets have no room for a load balancer",
  holds: (text) => {
    const block = parseCidr(text);
    return !block || (block.prefix >= 16 && block.prefix <= 24);
  },
});

const zoneName = z
  .string()
  .max(32)
  .regex(/^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/);

const zones = ruled(
  z.strictObject({
    count: z
      .int32()
      .min(2)
      .max(3)
      .optional()
      .describe("How many zones; the operator takes the region's first and keeps to them."),
    names: z
      .array(zoneName)
      .min(2)
      .max(3)
      .optional()
      .describe("These zones, as us-east-1a, in the order of their subnets."),
  }),
  {
    cel: "!has(self.names) || self.names.all(n, self.names.exists_one(m, m == n))",
    message: "a zone is named twice: name two or three different zones",
    holds: ({ names = [] }) => new Set(names).size === names.length,
  },
  {
    cel: "has(self.count) != has(self.names)",
    message: "zones are either counted or named: set either count or names",
    holds: (value) => (value.count !== undefined) !== (value.names !== undefined),
  },
);

const subnetId = z
  .string()
  .max(32)
  .regex(/^subnet-[0-9a-z]+$/);

const existing = ruled(
  z.strictObject({
    vpc: z
      .string()
      .max(32)
      .regex(/^vpc-[0-9a-z]+$/)
      .describe("Id of the VPC. DNS support and DNS host names must be on in it."),
    publicSubnets: asSet(z.array(subnetId).min(2).max(6)).describe(
      "Ids of the subnets of the load balancer, in two zones at least, with a route to an internet gateway.",
    ),
    privateSubnets: asSet(z.array(subnetId).min(2).max(6)).describe(
      "Ids of the subnets of agents and database, in two zones at least, with a way out (NAT gateway or VPC endpoints).",
    ),
  }),
  {
    cel: "self.privateSubnets.all(s, !(s in self.publicSubnets))",
    message: "a subnet is either public or private: remove it from publicSubnets or from privateSubnets",
    holds: (value) => value.privateSubnets.every((id) => !value.publicSubnets.includes(id)),
  },
);

/** Services that an interface endpoint can be asked for beside those that agents need. Short names of AWS. */
export const endpointServices = [
  "bedrock-agent-runtime",
  "bedrock-runtime",
  "ecr.api",
  "ecr.dkr",
  "events",
  "kms",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "sts",
] as const;
export type EndpointService = (typeof endpointServices)[number];

const fields = z.strictObject({
  cidr: vpcBlock
    .optional()
    .describe(
      `IPv4 block of the VPC that is made, /16 to /24. Default: ${defaultCidr}. Cannot change. Not with existing.`,
    ),
  zones: zones
    .optional()
    .describe(
      `Availability zones, with a public and a private subnet each. Default: count ${defaultZoneCount}. Not with existing.`,
    ),
  natGateways: z
    .enum(["PerZone", "Single", "None"])
    .optional()
    .describe(
      "How private subnets reach the internet: a NAT gateway in each zone, one for all (cheaper; its zone is everybody's), or none, with VPC endpoints for AWS instead. Default: PerZone. Not with existing.",
    ),
  endpoints: asSet(z.array(z.enum(endpointServices)).max(endpointServices.length))
    .optional()
    .describe(
      "Interface VPC endpoints beside those that natGateways None brings by itself. Default: none. Not with existing.",
    ),
  existing: existing
    .optional()
    .describe(
      "A VPC and subnets that exist, instead of new ones. The operator changes nothing about them. Cannot change.",
    ),
});

type Fields = z.output<typeof fields>;

const made = ["cidr", "zones", "natGateways", "endpoints"] as const satisfies readonly (keyof Fields)[];

const exclusive: Rule<Fields> = {
  cel: `!has(self.existing) || (${made.map((field) => `!has(self.${field})`).join(" && ")})`,
  message: `with existing the network is yours: remove ${made.join(", ")}, or remove existing to have a network made`,
  holds: (network) => network.existing === undefined || made.every((field) => network[field] === undefined),
};

export const network = ruled(fields, exclusive);
export type Network = z.output<typeof network>;

/** What may not change, told on the parent (spec), so that removing a field and adding it again does not go round it. */
export const networkTransitions: readonly Transition<{ readonly network: Network }>[] = [
  {
    cel: "has(self.network.existing) == has(oldSelf.network.existing) && (!has(self.network.existing) || self.network.existing.vpc == oldSelf.network.existing.vpc)",
    message:
      "network.existing.vpc cannot change or come and go: everything lives in that VPC. Make a second AgentOrchestrator in the other VPC and delete this one",
    keeps: (now, old) => now.network.existing?.vpc === old.network.existing?.vpc,
  },
  {
    cel: `${cidrOf("self")} == ${cidrOf("oldSelf")}`,
    message: `network.cidr cannot change (unset, it is ${defaultCidr}): AWS has no way to renumber a VPC. Make a second AgentOrchestrator with the new block and delete this one`,
    keeps: (now, old) => (now.network.cidr ?? defaultCidr) === (old.network.cidr ?? defaultCidr),
  },
  {
    cel: `${zoneCount("self")} >= ${zoneCount("oldSelf")}`,
    message:
      "network.zones can only grow: subnets with tasks and network interfaces in them cannot be removed. Keep all zones that there are",
    keeps: (now, old) => countZones(now.network) >= countZones(old.network),
  },
  {
    cel: `!${hasNames("self")} || !${hasNames("oldSelf")} || ([0, 1, 2].all(i, oldSelf.network.zones.names.size() <= i || (self.network.zones.names.size() > i && self.network.zones.names[i] == oldSelf.network.zones.names[i])))`,
    message:
      "network.zones.names can only be added to at the end: a zone's place decides its subnets' blocks. Keep the names that were there, in their order",
    keeps: (now, old) => {
      const names = now.network.zones?.names ?? [];
      return names.length === 0 || (old.network.zones?.names ?? []).every((zone, index) => names[index] === zone);
    },
  },
];

/** Zones of a network that is made. */
export function countZones(network: Network): number {
  return network.zones?.names?.length ?? network.zones?.count ?? defaultZoneCount;
}

// Written with has(), not with optional chaining: through orValue() the server loses the bounds that it estimates costs by.

/** `countZones` of `<self>.network` in CEL. */
export function zoneCount(self: string): string {
  const zones = `${self}.network.zones`;
  return `(${hasNames(self)} ? ${zones}.names.size() : has(${zones}) && has(${zones}.count) ? ${zones}.count : ${defaultZoneCount})`;
}

/** Block of `<self>.network` in CEL. */
export function cidrOf(self: string): string {
  return `(has(${self}.network.cidr) ? ${self}.network.cidr : '${defaultCidr}')`;
}

function hasNames(self: string): string {
  return `(has(${self}.network.zones) && has(${self}.network.zones.names))`;
}
