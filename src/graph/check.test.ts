import { expect, test } from "vitest";
import { factsFor, graphOf, referenceSpec } from "../../test/support/reference.ts";
import { effectiveSpec } from "../api/effective.ts";
import type { SpecInput } from "../api/resource.ts";
import { spec as schema } from "../api/spec.ts";
import { problemsOf, unknownNodes } from "./check.ts";
import type { Facts } from "./facts.ts";

const existing = { vpc: "vpc-1", publicSubnets: ["subnet-a", "subnet-b"], privateSubnets: ["subnet-c", "subnet-d"] };
const vpc = { id: "vpc-1", cidrs: ["10.9.0.0/16"], dnsSupport: true, dnsHostnames: true };
const subnet = (id: string, zone: string, vpcId = "vpc-1") => [id, { id, zone, vpcId, cidr: "10.9.0.0/24" }] as const;
const good = [
  subnet("subnet-a", "us-east-1a"),
  subnet("subnet-b", "us-east-1b"),
  subnet("subnet-c", "us-east-1a"),
  subnet("subnet-d", "us-east-1b"),
];

function problems(input: Partial<SpecInput>, change: Partial<Facts> = {}): readonly string[] {
  const facts = factsFor("us-east-1", change);
  const { spec } = effectiveSpec(schema.parse(referenceSpec(input)), facts.zones);
  return problemsOf(spec, facts).map(({ reason, field }) => `${reason} ${field}`);
}
const inNetwork = (network: Facts["network"]) => problems({ network: { existing } }, { network });

test("nothing speaks against the reference case", () => {
  expect(problems({})).toEqual([]);
  expect(inNetwork({ vpc, subnets: new Map(good) })).toEqual([]);
});

test("credentials of another account are refused", () => {
  expect(problems({ aws: { region: "us-east-1", account: "999999999999" } })).toEqual([
    "WrongAccount spec.aws.account",
  ]);
});

test("zones must be there, and two of them", () => {
  expect(problems({ network: { zones: { names: ["us-east-1a", "us-east-1z"] } } })).toEqual([
    "ZoneNotAvailable spec.network.zones",
  ]);
  expect(problems({}, { zones: ["us-east-1a"] })).toEqual(["TooFewZones spec.network.zones"]);
});

test.each([
  ["a VPC that does not exist", { subnets: new Map(good) }, "VpcNotFound spec.network.existing.vpc"],
  [
    "a VPC without DNS",
    { vpc: { ...vpc, dnsHostnames: false }, subnets: new Map(good) },
    "VpcWithoutDns spec.network.existing.vpc",
  ],
  [
    "a subnet that does not exist",
    { vpc, subnets: new Map(good.slice(0, 3)) },
    "SubnetNotFound spec.network.existing.privateSubnets[1]",
  ],
  [
    "a subnet of another VPC",
    { vpc, subnets: new Map([...good, subnet("subnet-d", "us-east-1b", "vpc-2")]) },
    "SubnetInOtherVpc spec.network.existing.privateSubnets[1]",
  ],
  [
    "subnets in one zone",
    { vpc, subnets: new Map([...good, subnet("subnet-d", "us-east-1a")]) },
    "SubnetsInOneZone spec.network.existing.privateSubnets",
  ],
] as const)("%s is told by field", (_, network, expected) => {
  expect(inNetwork(network)).toContain(expected);
});

test("node ids that the graph does not have are told", () => {
  const { graph, spec } = graphOf(
    referenceSpec({ adopt: [{ resource: "vcp", id: "vpc-1" }], allowReplacement: ["vpc", "db"] }),
  );
  expect(unknownNodes(spec, graph).map(({ field }) => field)).toEqual([
    "spec.adopt[0].resource",
    "spec.allowReplacement[1]",
  ]);
});
