import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";

let world: Simulated;
beforeEach(() => {
  world = simulate();
});
const vpc = async (CidrBlock = "10.0.0.0/16") => must((await world.ec2.createVpc({ CidrBlock })).Vpc);

describe("a VPC", () => {
  it("is pending, then available, with a main route table, a default group and a default network ACL", async () => {
    const { VpcId, State } = await vpc();
    expect(State).toBe("pending");
    await world.pass(2);
    const Filters = [{ Name: "vpc-id", Values: [must(VpcId)] }];
    expect((await world.ec2.describeVpcs({ Filters })).Vpcs?.[0]?.State).toBe("available");
    const table = (await world.ec2.describeRouteTables({ Filters })).RouteTables?.[0];
    expect(table?.Associations?.[0]?.Main).toBe(true);
    expect(table?.Routes).toMatchObject([{ DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active" }]);
    expect((await world.ec2.describeSecurityGroups({ Filters })).SecurityGroups?.[0]).toMatchObject({
      GroupName: "default",
      IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ UserId: "111111111111" }] }],
      IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
    expect((await world.ec2.describeNetworkAcls({ Filters })).NetworkAcls?.[0]?.IsDefault).toBe(true);
  });

  it("refuses blocks that are none or too large, and makes the others canonical", async () => {
    expect(await code(vpc("10.0.0.0/8"))).toBe("InvalidVpc.Range");
    expect(await code(vpc("10.0.0.0/29"))).toBe("InvalidVpc.Range");
    expect(await code(vpc("10.0.0.256/16"))).toBe("InvalidParameterValue");
    expect((await vpc("10.1.2.3/16")).CidrBlock).toBe("10.1.0.0/16");
  });

  it("counts the default VPC in its quota", async () => {
    for (let made = 0; made < 4; made++) await vpc();
    expect(await code(vpc())).toBe("VpcLimitExceeded");
  });

  it("changes one attribute a call, and has host names only with DNS support", async () => {
    const { VpcId = "" } = await vpc();
    const attribute = async (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
      world.ec2.describeVpcAttribute({ VpcId, Attribute });
    expect((await attribute("enableDnsHostnames")).EnableDnsHostnames?.Value).toBe(false);
    await world.ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
    expect((await attribute("enableDnsHostnames")).EnableDnsHostnames?.Value).toBe(true);
    expect((await attribute("enableDnsSupport")).EnableDnsSupport?.Value).toBe(true);
    const both = { VpcId, EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } };
    expect(await code(world.ec2.modifyVpcAttribute(both))).toBe("InvalidParameterCombination");
  });

  it("is refused deletion while anything but its defaults is in it, and takes those along", async () => {
    const { vpcId, gatewayId, subnetIds, groupId }: Network = await network(world);
    const remove = () => world.ec2.deleteVpc({ VpcId: vpcId });
    expect(await words(remove())).toBe(`The vpc '${vpcId}' has dependencies and cannot be deleted.`);
    for (const SubnetId of subnetIds) await world.ec2.deleteSubnet({ SubnetId });
    expect(await code(remove())).toBe("DependencyViolation");
    await world.ec2.detachInternetGateway({ VpcId: vpcId, InternetGatewayId: gatewayId });
    expect(await code(remove())).toBe("DependencyViolation");
    await world.ec2.deleteSecurityGroup({ GroupId: groupId });
    const table = await world.ec2.createRouteTable({ VpcId: vpcId });
    expect(await code(remove())).toBe("DependencyViolation");
    await world.ec2.deleteRouteTable({ RouteTableId: table.RouteTable?.RouteTableId });
    await remove();
    expect(await code(remove())).toBe("InvalidVpcID.NotFound");
    const left = await world.ec2.describeSecurityGroups({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] });
    expect(left.SecurityGroups).toEqual([]);
  });
});

describe("describing VPCs", () => {
  it("refuses malformed and unknown ids and unknown filters", async () => {
    expect(await code(world.ec2.describeVpcs({ VpcIds: ["vpc-nonsense"] }))).toBe("InvalidVpcID.Malformed");
    expect(await words(world.ec2.describeVpcs({ VpcIds: ["vpc-0123456789abcdef0"] }))).toBe(
      "The vpc ID 'vpc-0123456789abcdef0' does not exist",
    );
    expect(await words(world.ec2.describeVpcs({ Filters: [{ Name: "colour", Values: ["red"] }] }))).toBe(
      "The filter 'colour' is invalid",
    );
  });

  it("joins filters by AND, values by OR, and knows wildcards and tags", async () => {
    const tags = (Value: string) => [{ ResourceType: "vpc" as const, Tags: [{ Key: "owner", Value }] }];
    const a = await world.ec2.createVpc({ CidrBlock: "10.1.0.0/16", TagSpecifications: tags("team-a") });
    await world.ec2.createVpc({ CidrBlock: "10.2.0.0/16", TagSpecifications: tags("team-b") });
    const find = async (...Filters: { Name: string; Values: string[] }[]) =>
      (await world.ec2.describeVpcs({ Filters })).Vpcs?.map((each) => each.CidrBlock);
    expect(await find({ Name: "tag:owner", Values: ["team-?"] })).toHaveLength(2);
    expect(await find({ Name: "tag:owner", Values: ["team-a", "other"] })).toEqual([a.Vpc?.CidrBlock]);
    expect(await find({ Name: "tag:owner", Values: ["team-*"] }, { Name: "cidr", Values: ["10.2.*"] })).toEqual([
      "10.2.0.0/16",
    ]);
    expect(await find({ Name: "tag-key", Values: ["owner"] }, { Name: "is-default", Values: ["true"] })).toEqual([]);
  });

  it("gives pages that end, and refuses a token that is none", async () => {
    world.aws.setQuota("ec2.vpcs", 20);
    for (let made = 0; made < 7; made++) await vpc(`10.${made}.0.0/16`);
    const seen = new Set<string>();
    let NextToken: string | undefined;
    do {
      const page = await world.ec2.describeVpcs({ MaxResults: 5, ...(NextToken && { NextToken }) });
      expect(page.Vpcs?.length).toBeLessThanOrEqual(5);
      for (const each of page.Vpcs ?? []) seen.add(must(each.VpcId));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(seen.size).toBe(8);
    expect(await code(world.ec2.describeVpcs({ NextToken: "nonsense" }))).toBe("InvalidParameterValue");
  });

  it("shows a new VPC late where reads lag, though the VPC can be used", async () => {
    world = simulate({ consistencyLagMs: 4000, seed: 3 });
    const { VpcId = "" } = await vpc();
    expect(await code(world.ec2.describeVpcs({ VpcIds: [VpcId] }))).toBe("InvalidVpcID.NotFound");
    expect(await code(world.ec2.createRouteTable({ VpcId }))).toMatchObject({ RouteTable: { VpcId } });
    await world.pass(5);
    expect((await world.ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs).toHaveLength(1);
  });
});

describe("an account's region", () => {
  it("has a default VPC with a public subnet in each zone from the start", async () => {
    const { Vpcs } = await world.ec2.describeVpcs({ Filters: [{ Name: "isDefault", Values: ["true"] }] });
    const { Subnets } = await world.ec2.describeSubnets({
      Filters: [{ Name: "vpc-id", Values: [must(Vpcs?.[0]?.VpcId)] }],
    });
    expect(Vpcs?.[0]?.CidrBlock).toBe("172.31.0.0/16");
    expect(Subnets?.map((each) => each.AvailabilityZone).sort()).toEqual(
      [..."abcdef"].map((letter) => `us-east-1${letter}`),
    );
    expect(Subnets?.every((each) => each.MapPublicIpOnLaunch && each.DefaultForAz)).toBe(true);
  });

  it("answers a dry run with DryRunOperation and does nothing", async () => {
    expect(await code(world.ec2.createVpc({ CidrBlock: "10.0.0.0/16", DryRun: true }))).toBe("DryRunOperation");
    expect((await world.ec2.describeVpcs({})).Vpcs).toHaveLength(1);
  });
});
