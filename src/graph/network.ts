import { type Cidr, formatCidr, parseCidr, subBlock } from "../api/cidr.ts";
import type { MadeNetwork } from "../api/effective.ts";
import { gatewayOf, natGatewaysOf } from "./network-nat.ts";
import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** A subnet, made or existing. */
export interface SubnetPart {
  /** Last part of node ids: the zone's letter, or the subnet's own id. */
  readonly key: string;
  readonly zone: string;
  readonly id: string | Ref<string>;
}

/** The network that everything else stands in. */
export interface NetworkParts {
  readonly vpcId: string | Ref<string>;
  readonly public: readonly SubnetPart[];
  readonly private: readonly SubnetPart[];
  /** Nodes without which nothing in the subnets reaches the internet or is reached from it. */
  readonly publicReady: readonly string[];
  readonly privateReady: readonly string[];
  /** Node ids and references of route tables, for gateway endpoints. */
  readonly privateRouteTables: readonly Ref<string>[];
}

/** The VPC with its subnets and their ways out; or, where the spec names an existing one, only references to it. */
export function addNetwork(scope: Scope): NetworkParts {
  const { made, existing } = scope.spec.network;
  if (made) return addVpc(scope, made);
  return {
    vpcId: existing.vpc,
    public: existing.publicSubnets.map((id) => existingSubnet(scope, id)),
    private: existing.privateSubnets.map((id) => existingSubnet(scope, id)),
    publicReady: [],
    privateReady: [],
    privateRouteTables: [],
  };
}

/** The first subnet of each zone: load balancers and mount targets take one in a zone. */
export function onePerZone(subnets: readonly SubnetPart[]): readonly SubnetPart[] {
  return subnets.filter(({ zone }, index) => subnets.findIndex((other) => other.zone === zone) === index);
}

/**
 * Blocks of the subnets of the zone in this place. The VPC is cut into eighths: public subnets take 0 to 2, private
 * ones 4 to 6; 3 and 7, and all of a zone that is not used, stay free.
 */
export function subnetBlocks(vpc: Cidr, place: number): { readonly public: string; readonly private: string } {
  return { public: formatCidr(subBlock(vpc, 3, place)), private: formatCidr(subBlock(vpc, 3, 4 + place)) };
}

function existingSubnet(scope: Scope, id: string): SubnetPart {
  return { key: id, id, zone: scope.facts.network?.subnets.get(id)?.zone ?? id };
}

function addVpc(scope: Scope, network: MadeNetwork): NetworkParts {
  const { names } = scope;
  const fact = "NetworkReady";
  const block = parseCidr(network.cidr);
  if (!block) throw new Error(`network.cidr ${network.cidr} is not an IPv4 block`);
  const props = { cidr: network.cidr, dnsSupport: true, dnsHostnames: true };
  const { vpcId } = scope.add("AWS::EC2::VPC", "vpc", props, { name: names.part("vpc"), fact });
  const gateway = scope.add("AWS::EC2::InternetGateway", "internet-gateway", {}, { name: names.part("igw"), fact });
  const attachment = scope.add(
    "AWS::EC2::VPCGatewayAttachment",
    "internet-gateway/attachment",
    { vpcId, internetGatewayId: gateway.internetGatewayId },
    { name: names.part("igw"), fact },
  );

  const subnets = (side: "public" | "private"): SubnetPart[] =>
    network.zones.map((zone, place) => {
      const key = zoneKey(zone, scope.facts.region);
      const name = names.part(side, key);
      const cidr = subnetBlocks(block, place)[side];
      const { subnetId } = scope.add(
        "AWS::EC2::Subnet",
        `subnet/${side}-${key}`,
        { vpcId, cidr, zone, mapPublicIp: false },
        { name, fact },
      );
      return { key, zone, id: subnetId };
    });
  const publicSubnets = subnets("public");
  const privateSubnets = subnets("private");

  const routeTable = (key: string): Ref<string> =>
    scope.add("AWS::EC2::RouteTable", `route-table/${key}`, { vpcId }, { name: names.part(key), fact }).routeTableId;
  const associate = (key: string, subnetId: SubnetPart["id"], routeTableId: Ref<string>): string =>
    scope.add(
      "AWS::EC2::SubnetRouteTableAssociation",
      `association/${key}`,
      { subnetId, routeTableId },
      { name: names.part(key), fact },
    ).$node;

  const publicTable = routeTable("public");
  const publicRoute = scope.add(
    "AWS::EC2::Route",
    "route/public",
    { routeTableId: publicTable, destination: "0.0.0.0/0", gatewayId: attachment.internetGatewayId },
    { name: names.part("public"), fact },
  );
  const publicAssociations = publicSubnets.map(({ key, id }) => associate(`public-${key}`, id, publicTable));
  const publicReady = [attachment.$node, publicRoute.$node, ...publicAssociations];

  const nat = natGatewaysOf(scope, network, publicSubnets, publicReady);
  const tables: Ref<string>[] = [];
  // A NAT gateway is of use once its own subnet has the way out.
  const privateReady: string[] = nat.size > 0 ? [...publicReady] : [];
  for (const { key, id } of privateSubnets) {
    const table = routeTable(`private-${key}`);
    tables.push(table);
    privateReady.push(associate(`private-${key}`, id, table));
    const natGatewayId = gatewayOf(nat, key);
    if (!natGatewayId) continue;
    const route = { routeTableId: table, destination: "0.0.0.0/0", natGatewayId };
    const name = names.part("private", key);
    privateReady.push(scope.add("AWS::EC2::Route", `route/private-${key}`, route, { name, fact }).$node);
  }
  return {
    vpcId,
    public: publicSubnets,
    private: privateSubnets,
    publicReady,
    privateReady,
    privateRouteTables: tables,
  };
}

/** "us-east-1a" → "a". */
function zoneKey(zone: string, region: string): string {
  return zone.startsWith(region) ? zone.slice(region.length) : zone;
}
