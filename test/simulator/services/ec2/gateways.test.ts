import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";

let world: Simulated;
let net: Network;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
});

describe("an internet gateway", () => {
  it("has one VPC, and a VPC has one", async () => {
    const other = must((await world.ec2.createVpc({ CidrBlock: "10.9.0.0/16" })).Vpc?.VpcId);
    const attach = (VpcId: string, InternetGatewayId: string) =>
      world.ec2.attachInternetGateway({ VpcId, InternetGatewayId });
    expect(await words(attach(other, net.gatewayId))).toBe(
      `resource ${net.gatewayId} is already attached to network ${net.vpcId}`,
    );
    const second = must((await world.ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
    expect(await words(attach(net.vpcId, second))).toBe(
      `Network ${net.vpcId} already has an internet gateway attached`,
    );
    expect(await code(world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: second }))).toBe(
      "Gateway.NotAttached",
    );
  });

  it("is refused deletion while it is attached", async () => {
    const remove = () => world.ec2.deleteInternetGateway({ InternetGatewayId: net.gatewayId });
    expect(await code(remove())).toBe("DependencyViolation");
    await world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId });
    await remove();
    expect(await code(remove())).toBe("InvalidInternetGatewayID.NotFound");
  });
});

describe("an elastic address", () => {
  it("is one of five by default", async () => {
    for (let made = 0; made < 5; made++) await world.ec2.allocateAddress({ Domain: "vpc" });
    expect(await code(world.ec2.allocateAddress({}))).toBe("AddressLimitExceeded");
  });
});

describe("a NAT gateway", () => {
  const create = async (token?: string) => {
    const { AllocationId = "" } = await world.ec2.allocateAddress({});
    const answer = await world.ec2.createNatGateway({
      SubnetId: net.subnetIds[0],
      AllocationId,
      ...(token && { ClientToken: token }),
    });
    return { AllocationId, id: must(answer.NatGateway?.NatGatewayId) };
  };
  const look = async (id: string) => (await world.ec2.describeNatGateways({ NatGatewayIds: [id] })).NatGateways?.[0];

  it("takes about two minutes to come, one to go, and is described for an hour after", async () => {
    const { id, AllocationId } = await create();
    await world.pass(60);
    expect((await look(id))?.State).toBe("pending");
    await world.pass(60);
    const ready = await look(id);
    expect(ready).toMatchObject({ State: "available", NatGatewayAddresses: [{ AllocationId, IsPrimary: true }] });
    await world.ec2.deleteNatGateway({ NatGatewayId: id });
    expect((await look(id))?.State).toBe("deleting");
    await world.pass(61);
    expect((await look(id))?.State).toBe("deleted");
    expect(await code(world.ec2.deleteNatGateway({ NatGatewayId: id }))).toBe("NatGatewayNotFound");
    await world.pass(3600);
    expect(await code(look(id))).toBe("NatGatewayNotFound");
  });

  it("holds its address, its subnet and the internet gateway until it is deleted", async () => {
    const { id, AllocationId } = await create();
    await world.pass(120);
    const blocked = async () => [
      await code(world.ec2.releaseAddress({ AllocationId })),
      await code(world.ec2.deleteSubnet({ SubnetId: net.subnetIds[0] })),
      await code(world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId })),
    ];
    const refused = ["InvalidIPAddress.InUse", "DependencyViolation", "DependencyViolation"];
    expect(await blocked()).toEqual(refused);
    await world.ec2.deleteNatGateway({ NatGatewayId: id });
    await world.pass(30);
    expect(await blocked()).toEqual(refused);
    await world.pass(31);
    expect((await blocked()).every((each) => typeof each === "object")).toBe(true);
  });

  it("fails when the VPC has no internet gateway or the address is taken", async () => {
    await world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId });
    const first = await create();
    await world.pass(15);
    expect(await look(first.id)).toMatchObject({ State: "failed", FailureCode: "Gateway.NotAttached" });
    await world.ec2.attachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId });
    const { AllocationId } = await create();
    const second = await world.ec2.createNatGateway({ SubnetId: net.subnetIds[1], AllocationId });
    await world.pass(15);
    expect((await look(must(second.NatGateway?.NatGatewayId)))?.FailureCode).toBe("Resource.AlreadyAssociated");
  });

  it("made twice with one token is one, even when it has been deleted since; other parameters are refused", async () => {
    const { AllocationId = "" } = await world.ec2.allocateAddress({});
    const make = (SubnetId: string) => world.ec2.createNatGateway({ SubnetId, AllocationId, ClientToken: "t" });
    const first = must((await make(net.subnetIds[0])).NatGateway);
    expect((await make(net.subnetIds[0])).NatGateway?.NatGatewayId).toBe(first.NatGatewayId);
    expect(await code(make(net.subnetIds[1]))).toBe("IdempotentParameterMismatch");
    await world.ec2.deleteNatGateway({ NatGatewayId: first.NatGatewayId });
    await world.pass(4000);
    expect((await make(net.subnetIds[0])).NatGateway?.NatGatewayId).toBe(first.NatGatewayId);
    expect((await world.ec2.describeNatGateways({})).NatGateways).toEqual([]);
  });

  it("is one of five in a zone", async () => {
    world.aws.setQuota("ec2.natGatewaysPerZone", 1);
    await create();
    expect(await code(create())).toBe("NatGatewayLimitExceeded");
  });
});

describe("a VPC endpoint", () => {
  const service = (name: string) => `com.amazonaws.us-east-1.${name}`;
  const look = async (id: string) => (await world.ec2.describeVpcEndpoints({ VpcEndpointIds: [id] })).VpcEndpoints?.[0];

  it("of the gateway type puts a route into its tables and takes it along", async () => {
    const table = must((await world.ec2.createRouteTable({ VpcId: net.vpcId })).RouteTable?.RouteTableId);
    const made = await world.ec2.createVpcEndpoint({
      VpcId: net.vpcId,
      ServiceName: service("s3"),
      RouteTableIds: [table],
    });
    const id = must(made.VpcEndpoint?.VpcEndpointId);
    const routes = async () =>
      (await world.ec2.describeRouteTables({ RouteTableIds: [table] })).RouteTables?.[0]?.Routes;
    expect((await routes())?.[1]).toMatchObject({ GatewayId: id, State: "active" });
    await world.pass(3);
    expect((await look(id))?.State).toBe("available");
    expect(await code(world.ec2.deleteVpc({ VpcId: net.vpcId }))).toBe("DependencyViolation");
    await world.ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
    expect(await routes()).toHaveLength(1);
    await world.pass(6);
    expect(await code(look(id))).toBe("InvalidVpcEndpointId.NotFound");
  });

  it("of the interface type is pending for a minute and keeps its subnet and groups while it goes", async () => {
    await world.ec2.modifyVpcAttribute({ VpcId: net.vpcId, EnableDnsHostnames: { Value: true } });
    const make = () =>
      world.ec2.createVpcEndpoint({
        VpcId: net.vpcId,
        ServiceName: service("secretsmanager"),
        VpcEndpointType: "Interface",
        SubnetIds: [...net.subnetIds],
        SecurityGroupIds: [net.groupId],
        PrivateDnsEnabled: true,
      });
    const { VpcEndpoint } = await make();
    const id = must(VpcEndpoint?.VpcEndpointId);
    expect(VpcEndpoint?.NetworkInterfaceIds).toHaveLength(2);
    expect(await words(make())).toContain("conflicting DNS domain for secretsmanager.us-east-1.amazonaws.com");
    await world.pass(80);
    expect((await look(id))?.State).toBe("available");
    await world.ec2.deleteVpcEndpoints({ VpcEndpointIds: [id] });
    expect(await code(world.ec2.deleteSecurityGroup({ GroupId: net.groupId }))).toBe("DependencyViolation");
    await world.pass(121);
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
  });

  it("is refused for an unknown service, a second subnet of a zone, or private DNS without host names", async () => {
    const make = (name: string, SubnetIds: string[]) =>
      world.ec2.createVpcEndpoint({
        VpcId: net.vpcId,
        ServiceName: service(name),
        VpcEndpointType: "Interface",
        SubnetIds,
      });
    expect(await code(make("no-such", []))).toBe("InvalidServiceName");
    expect(await words(make("logs", []))).toContain("requires both enableDnsSupport and enableDnsHostnames");
    await world.ec2.modifyVpcAttribute({ VpcId: net.vpcId, EnableDnsHostnames: { Value: true } });
    const twin = await world.ec2.createSubnet({
      VpcId: net.vpcId,
      CidrBlock: "10.0.9.0/24",
      AvailabilityZone: "us-east-1a",
    });
    expect(await code(make("logs", [net.subnetIds[0], must(twin.Subnet?.SubnetId)]))).toBe(
      "DuplicateSubnetsInSameZone",
    );
  });

  it("that is unknown is unsuccessful, and the others are deleted", async () => {
    const made = await world.ec2.createVpcEndpoint({ VpcId: net.vpcId, ServiceName: service("dynamodb") });
    const id = must(made.VpcEndpoint?.VpcEndpointId);
    const { Unsuccessful } = await world.ec2.deleteVpcEndpoints({ VpcEndpointIds: ["vpce-0123456789abcdef0", id] });
    expect(Unsuccessful).toMatchObject([{ Error: { Code: "InvalidVpcEndpoint.NotFound" } }]);
    expect((await look(id))?.State).toBe("deleting");
  });
});
