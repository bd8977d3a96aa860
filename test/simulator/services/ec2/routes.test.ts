import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { hasInternetRoute } from "./lookup.ts";

let world: Simulated;
let net: Network;
let table: string;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
  table = must((await world.ec2.createRouteTable({ VpcId: net.vpcId, ClientToken: "t" })).RouteTable?.RouteTableId);
});
const look = async () => must((await world.ec2.describeRouteTables({ RouteTableIds: [table] })).RouteTables?.[0]);
const route = (DestinationCidrBlock: string, GatewayId = net.gatewayId) =>
  world.ec2.createRoute({ RouteTableId: table, DestinationCidrBlock, GatewayId });

describe("a route table", () => {
  it("made twice with one token is one", async () => {
    const again = await world.ec2.createRouteTable({ VpcId: net.vpcId, ClientToken: "t" });
    expect(again.RouteTable?.RouteTableId).toBe(table);
    const other = { VpcId: net.vpcId, ClientToken: "t", TagSpecifications: [] };
    expect((await world.ec2.createRouteTable(other)).RouteTable?.RouteTableId).toBe(table);
    const tagged = {
      VpcId: net.vpcId,
      ClientToken: "t",
      TagSpecifications: [{ ResourceType: "route-table" as const, Tags: [{ Key: "a", Value: "b" }] }],
    };
    expect(await code(world.ec2.createRouteTable(tagged))).toBe("IdempotentParameterMismatch");
  });

  it("is refused deletion while a subnet is on it, and always when it is the main one", async () => {
    const [SubnetId] = net.subnetIds;
    await world.ec2.associateRouteTable({ RouteTableId: table, SubnetId });
    expect(await words(world.ec2.deleteRouteTable({ RouteTableId: table }))).toBe(
      `The routeTable '${table}' has dependencies and cannot be deleted.`,
    );
    const main = await world.ec2.describeRouteTables({
      Filters: [
        { Name: "vpc-id", Values: [net.vpcId] },
        { Name: "association.main", Values: ["true"] },
      ],
    });
    const { RouteTableId, Associations } = must(main.RouteTables?.[0]);
    expect(await code(world.ec2.deleteRouteTable({ RouteTableId }))).toBe("DependencyViolation");
    const AssociationId = must(Associations?.[0]?.RouteTableAssociationId);
    expect(await words(world.ec2.disassociateRouteTable({ AssociationId }))).toBe(
      `cannot disassociate the main route table association ${AssociationId}`,
    );
  });

  it("is exchanged by a replaced association, whose id is new, and forgets a deleted subnet", async () => {
    const [SubnetId] = net.subnetIds;
    const first = must((await world.ec2.associateRouteTable({ RouteTableId: table, SubnetId })).AssociationId);
    const other = must((await world.ec2.createRouteTable({ VpcId: net.vpcId })).RouteTable?.RouteTableId);
    expect(await words(world.ec2.associateRouteTable({ RouteTableId: other, SubnetId }))).toBe(
      `the specified association for route table ${other} conflicts with an existing association`,
    );
    const second = await world.ec2.replaceRouteTableAssociation({ AssociationId: first, RouteTableId: other });
    expect(second.NewAssociationId).not.toBe(first);
    expect(await code(world.ec2.disassociateRouteTable({ AssociationId: first }))).toBe(
      "InvalidAssociationID.NotFound",
    );
    await world.ec2.deleteSubnet({ SubnetId });
    await world.ec2.deleteRouteTable({ RouteTableId: other });
  });
});

describe("a route", () => {
  it("exists once for each destination, in canonical form", async () => {
    await route("0.0.0.0/0");
    expect(await words(route("0.0.0.0/0"))).toBe("The route identified by 0.0.0.0/0 already exists.");
    await route("192.168.7.9/16");
    expect((await look()).Routes?.map((each) => each.DestinationCidrBlock)).toContain("192.168.0.0/16");
  });

  it("is replaced only where it is, and deleted once", async () => {
    const wanted = { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0" };
    expect(await code(world.ec2.replaceRoute({ ...wanted, GatewayId: net.gatewayId }))).toBe("InvalidParameterValue");
    await route("0.0.0.0/0");
    await world.ec2.deleteRoute(wanted);
    expect(await words(world.ec2.deleteRoute(wanted))).toBe(
      `no route with destination-cidr-block 0.0.0.0/0 in route table ${table}`,
    );
  });

  it("to the VPC itself stays", async () => {
    const local = { RouteTableId: table, DestinationCidrBlock: "10.0.0.0/16" };
    expect(await words(world.ec2.deleteRoute(local))).toBe(
      `cannot remove local route 10.0.0.0/16 in route table ${table}`,
    );
    expect(await code(route("10.0.0.0/16"))).toBe("RouteAlreadyExists");
    expect(await words(route("10.0.0.0/24"))).toContain("This route can target only an interface or an instance.");
  });

  it("needs a target of its own network that exists, and is a black hole once that has gone", async () => {
    expect(await code(route("0.0.0.0/0", "igw-0123456789abcdef0"))).toBe("InvalidGatewayID.NotFound");
    const loose = must((await world.ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
    expect(await words(route("0.0.0.0/0", loose))).toContain("belong to different networks");
    const { AllocationId = "" } = await world.ec2.allocateAddress({});
    const nat = await world.ec2.createNatGateway({ SubnetId: net.subnetIds[0], AllocationId });
    const NatGatewayId = must(nat.NatGateway?.NatGatewayId);
    await world.ec2.createRoute({ RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId });
    await world.ec2.associateRouteTable({ RouteTableId: table, SubnetId: net.subnetIds[1] });
    expect(hasInternetRoute(world.call, net.subnetIds[1])).toBeUndefined();
    await world.pass(120);
    expect(hasInternetRoute(world.call, net.subnetIds[1])).toBe("nat");
    await world.ec2.deleteNatGateway({ NatGatewayId });
    await world.pass(61);
    expect((await look()).Routes?.[1]).toMatchObject({ NatGatewayId, State: "blackhole" });
  });
});
