import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { attachInterface, detachInterface } from "./network-interface.ts";
import { exhaustZone, restoreZone } from "./zones.ts";

let world: Simulated;
let net: Network;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
});
const subnet = (CidrBlock: string, AvailabilityZone?: string) =>
  world.ec2.createSubnet({ VpcId: net.vpcId, CidrBlock, ...(AvailabilityZone && { AvailabilityZone }) });

describe("a subnet", () => {
  it("must lie within its VPC and beside the others", async () => {
    expect(await code(subnet("10.1.0.0/24"))).toBe("InvalidSubnet.Range");
    expect(await code(subnet("10.0.0.0/15"))).toBe("InvalidSubnet.Range");
    expect(await words(subnet("10.0.0.128/25"))).toBe("The CIDR '10.0.0.128/25' conflicts with another subnet");
    expect(await code(subnet("10.0.2.0/24"))).toMatchObject({ Subnet: { CidrBlock: "10.0.2.0/24" } });
  });

  it("is not made in a zone that does not exist or has no capacity", async () => {
    expect(await words(subnet("10.0.2.0/24", "us-east-1z"))).toContain(
      "Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in",
    );
    exhaustZone(world.call, "us-east-1c");
    expect(await code(subnet("10.0.2.0/24", "us-east-1c"))).toBe("InvalidParameterValue");
    restoreZone(world.call, "us-east-1c");
    expect(await code(subnet("10.0.2.0/24", "us-east-1c"))).toMatchObject({ Subnet: { State: "pending" } });
  });

  it("has five addresses less than its block, and fewer for each interface in it", async () => {
    const [SubnetId] = net.subnetIds;
    const free = async () => (await world.ec2.describeSubnets({ SubnetIds: [SubnetId] })).Subnets?.[0];
    expect((await free())?.AvailableIpAddressCount).toBe(251);
    const made = attachInterface(world.call, {
      subnetId: SubnetId,
      groups: [net.groupId],
      description: "task",
      requester: "amazon-ecs",
    });
    expect(made.privateIp).toBe("10.0.0.4");
    expect((await free())?.AvailableIpAddressCount).toBe(250);
    detachInterface(world.call, made.interfaceId);
    expect((await free())?.AvailableIpAddressCount).toBe(251);
  });

  it("and its interfaces' groups cannot be deleted while an interface is in it", async () => {
    const [SubnetId] = net.subnetIds;
    const made = attachInterface(world.call, {
      subnetId: SubnetId,
      groups: [net.groupId],
      description: "arn:aws:ecs:us-east-1:111111111111:attachment/1",
      requester: "amazon-ecs",
      publicIp: true,
    });
    expect(await words(world.ec2.deleteSubnet({ SubnetId }))).toBe(
      `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
    );
    expect(await words(world.ec2.deleteSecurityGroup({ GroupId: net.groupId }))).toBe(
      `resource ${net.groupId} has a dependent object`,
    );
    const detach = () => world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId });
    expect(await words(detach())).toContain(`Network ${net.vpcId} has some mapped public address(es).`);
    const held = await world.ec2.describeNetworkInterfaces({ Filters: [{ Name: "subnet-id", Values: [SubnetId] }] });
    expect(held.NetworkInterfaces).toMatchObject([
      {
        NetworkInterfaceId: made.interfaceId,
        RequesterManaged: true,
        Status: "in-use",
        Description: expect.stringContaining("attachment"),
      },
    ]);
    detachInterface(world.call, made.interfaceId);
    await world.ec2.deleteSubnet({ SubnetId });
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
    await detach();
  });

  it("changes one attribute a call", async () => {
    const [SubnetId] = net.subnetIds;
    await world.ec2.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value: true } });
    const { Subnets } = await world.ec2.describeSubnets({ SubnetIds: [SubnetId] });
    expect(Subnets?.[0]?.MapPublicIpOnLaunch).toBe(true);
  });
});

describe("tags of EC2", () => {
  it("are put, overwritten and taken from several resources at once, or from none when one is unknown", async () => {
    const Resources = [net.vpcId, net.groupId];
    await world.ec2.createTags({ Resources, Tags: [{ Key: "a", Value: "1" }] });
    await world.ec2.createTags({
      Resources,
      Tags: [
        { Key: "a", Value: "2" },
        { Key: "b", Value: "3" },
      ],
    });
    const unknown = [net.vpcId, "subnet-0123456789abcdef0"];
    expect(await code(world.ec2.createTags({ Resources: unknown, Tags: [{ Key: "c", Value: "4" }] }))).toBe(
      "InvalidSubnetID.NotFound",
    );
    await world.ec2.deleteTags({ Resources: [net.groupId], Tags: [{ Key: "a", Value: "other" }, { Key: "b" }] });
    const tags = async (id: string) =>
      (await world.ec2.describeTags({ Filters: [{ Name: "resource-id", Values: [id] }] })).Tags?.map(
        (tag) => `${tag.ResourceType} ${tag.Key}=${tag.Value}`,
      );
    expect(await tags(net.vpcId)).toEqual(["vpc a=2", "vpc b=3"]);
    expect(await tags(net.groupId)).toEqual(["security-group a=2"]);
    expect(must((await world.ec2.describeVpcs({ VpcIds: [net.vpcId] })).Vpcs?.[0]).Tags).toHaveLength(2);
  });

  it("are at most fifty, and never of AWS's own prefix", async () => {
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
    expect(await code(world.ec2.createTags({ Resources: [net.vpcId], Tags: many }))).toBe("TagLimitExceeded");
    const own = [{ Key: "aws:mine", Value: "" }];
    expect(await code(world.ec2.createTags({ Resources: [net.vpcId], Tags: own }))).toBe("InvalidParameterValue");
  });
});
