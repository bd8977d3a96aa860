import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { groupAllows } from "./lookup.ts";

let world: Simulated;
let net: Network;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
});
const group = async (GroupName: string, Description = "of a test") =>
  must((await world.ec2.createSecurityGroup({ GroupName, Description, VpcId: net.vpcId })).GroupId);
const http = (source: { cidr?: string; group?: string }, port = 80, Description?: string) => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  ...(source.cidr && { IpRanges: [{ CidrIp: source.cidr, Description }] }),
  ...(source.group && { UserIdGroupPairs: [{ GroupId: source.group, Description }] }),
});
const allow = (GroupId: string, ...IpPermissions: ReturnType<typeof http>[]) =>
  world.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions });
const revoke = (GroupId: string, ...IpPermissions: ReturnType<typeof http>[]) =>
  world.ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions });
const rules = async (GroupId: string) =>
  (await world.ec2.describeSecurityGroups({ GroupIds: [GroupId] })).SecurityGroups?.[0]?.IpPermissions;

describe("a security group", () => {
  it("has a name of its own in its VPC", async () => {
    expect(await words(group("web"))).toBe(`The security group 'web' already exists for VPC '${net.vpcId}'`);
    expect(await code(group("default"))).toBe("InvalidParameterValue");
    expect(await code(group("sg-name"))).toBe("InvalidParameterValue");
    expect(await code(group("other", "description with ünicode"))).toBe("InvalidParameterValue");
  });

  it("is not deleted while another group's rule refers to it, but may refer to itself", async () => {
    const [a, b] = [await group("a"), await group("b")];
    await allow(a, http({ group: a }));
    await allow(b, http({ group: a }));
    const remove = () => world.ec2.deleteSecurityGroup({ GroupId: a });
    expect(await words(remove())).toBe(`resource ${a} has a dependent object`);
    await revoke(b, http({ group: a }));
    await remove();
    expect(await code(remove())).toBe("InvalidGroup.NotFound");
  });

  it("named default stays", async () => {
    const { SecurityGroups } = await world.ec2.describeSecurityGroups({
      Filters: [
        { Name: "vpc-id", Values: [net.vpcId] },
        { Name: "group-name", Values: ["default"] },
      ],
    });
    expect(await code(world.ec2.deleteSecurityGroup({ GroupId: SecurityGroups?.[0]?.GroupId }))).toBe("CannotDelete");
  });
});

describe("rules of a security group", () => {
  it("are added all or none, and each once", async () => {
    await allow(net.groupId, http({ cidr: "10.1.2.3/16" }, 80, "from inside"));
    expect(await words(allow(net.groupId, http({ cidr: "10.9.0.0/16" }), http({ cidr: "10.1.0.0/16" })))).toBe(
      'the specified rule "peer: 10.1.0.0/16, TCP, from port: 80, to port: 80, ALLOW" already exists',
    );
    expect(await rules(net.groupId)).toMatchObject([
      { FromPort: 80, IpRanges: [{ CidrIp: "10.1.0.0/16", Description: "from inside" }] },
    ]);
  });

  it("are joined by ports when they are described", async () => {
    const peer = await group("peer");
    await allow(net.groupId, http({ cidr: "10.0.0.0/8" }), http({ group: peer }), http({ cidr: "10.0.0.0/8" }, 443));
    expect(
      (await rules(net.groupId))?.map((each) => [each.FromPort, each.IpRanges?.length, each.UserIdGroupPairs?.length]),
    ).toEqual([
      [80, 1, 1],
      [443, 1, 0],
    ]);
    const filter = { Filters: [{ Name: "group-id", Values: [net.groupId] }] };
    expect((await world.ec2.describeSecurityGroupRules(filter)).SecurityGroupRules).toHaveLength(4);
  });

  it("are revoked by what they are or by id, descriptions apart, and refused when one is not there", async () => {
    const made = await allow(net.groupId, http({ cidr: "10.0.0.0/8" }, 80, "a"), http({ cidr: "10.0.0.0/8" }, 81));
    expect(await code(revoke(net.groupId, http({ cidr: "10.0.0.0/8" }), http({ cidr: "10.0.0.0/8" }, 82)))).toBe(
      "InvalidPermission.NotFound",
    );
    await revoke(net.groupId, http({ cidr: "10.0.0.0/8" }, 80, "b"));
    const SecurityGroupRuleIds = [must(made.SecurityGroupRules?.[1]?.SecurityGroupRuleId)];
    await world.ec2.revokeSecurityGroupIngress({ GroupId: net.groupId, SecurityGroupRuleIds });
    expect(await rules(net.groupId)).toEqual([]);
  });

  it("take new descriptions without being revoked", async () => {
    await allow(net.groupId, http({ cidr: "10.0.0.0/8" }, 80, "old"));
    await world.ec2.updateSecurityGroupRuleDescriptionsIngress({
      GroupId: net.groupId,
      IpPermissions: [http({ cidr: "10.0.0.0/8" }, 80, "new")],
    });
    expect((await rules(net.groupId))?.[0]?.IpRanges?.[0]?.Description).toBe("new");
  });

  it("must name ports and a peer that exist", async () => {
    expect(await code(allow(net.groupId, http({ group: "sg-0123456789abcdef0" })))).toBe("InvalidGroup.NotFound");
    expect(await code(allow(net.groupId, http({ cidr: "10.0.0.0/33" })))).toBe("InvalidParameterValue");
    expect(await code(allow(net.groupId, http({ cidr: "10.0.0.0/8" }, 70_000)))).toBe("InvalidParameterValue");
    expect(await code(allow(net.groupId, http({ cidr: "10.0.0.0/8" }, 80, "not <this>")))).toBe(
      "InvalidParameterValue",
    );
  });

  it("are at most sixty one way", async () => {
    world.aws.setQuota("ec2.rulesPerGroup", 2);
    await allow(net.groupId, http({ cidr: "10.0.0.0/8" }), http({ cidr: "11.0.0.0/8" }));
    expect(await code(allow(net.groupId, http({ cidr: "12.0.0.0/8" })))).toBe("RulesPerSecurityGroupLimitExceeded");
  });

  it("tell other services of the world who may reach whom", async () => {
    const client = await group("client");
    expect(groupAllows(world.call, [client], [net.groupId], 80)).toBe(false);
    await allow(net.groupId, http({ group: client }));
    expect(groupAllows(world.call, [client], [net.groupId], 80)).toBe(true);
    expect(groupAllows(world.call, [client], [net.groupId], 81)).toBe(false);
  });
});
