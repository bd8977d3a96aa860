import { needed, type Subject } from "./scenario.ts";

export interface Network {
  readonly vpcId: string;
  readonly gatewayId: string;
  /** In zones a and b. */
  readonly subnetIds: readonly [string, string];
  readonly groupId: string;
}

/** What most scenarios begin with: a VPC with a gateway, two subnets and a group. */
export async function network({ ec2, pass }: Subject): Promise<Network> {
  const vpcId = needed((await ec2.createVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId, "VPC");
  await pass(5);
  const gateway = await ec2.createInternetGateway({});
  const gatewayId = needed(gateway.InternetGateway?.InternetGatewayId, "internet gateway");
  await ec2.attachInternetGateway({ VpcId: vpcId, InternetGatewayId: gatewayId });
  const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> =>
    needed((await ec2.createSubnet({ VpcId: vpcId, CidrBlock, AvailabilityZone })).Subnet?.SubnetId, "subnet");
  const subnetIds = [await subnet("10.0.0.0/24", "us-east-1a"), await subnet("10.0.1.0/24", "us-east-1b")] as const;
  const group = await ec2.createSecurityGroup({ VpcId: vpcId, GroupName: "web", Description: "web" });
  return { vpcId, gatewayId, subnetIds, groupId: needed(group.GroupId, "security group") };
}
