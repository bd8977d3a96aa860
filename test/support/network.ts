import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../src/aws/aws.ts";

/** spec.network.existing of a network that somebody else made. */
export interface Existing {
  readonly vpc: string;
  readonly publicSubnets: string[];
  readonly privateSubnets: string[];
}

/** A network as a platform team would hand it out: two zones, public and private subnets, an internet gateway. */
export async function makeNetwork(aws: Aws): Promise<Existing> {
  const { ec2 } = aws;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const subnets = await Promise.all([0, 1, 2, 3].map((place) => makeSubnet(aws, VpcId, place, place % 2 ? "b" : "a")));
  const [publicSubnets, privateSubnets] = [subnets.slice(0, 2), subnets.slice(2)];
  await routeAll(aws, VpcId, publicSubnets, { GatewayId: InternetGatewayId });
  return { vpc: VpcId, publicSubnets, privateSubnets };
}

/** A NAT gateway, through which the private subnets reach the internet. It takes some minutes until it does. */
export async function addWayOut(aws: Aws, { vpc, publicSubnets, privateSubnets }: Existing): Promise<void> {
  const { AllocationId } = await aws.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await aws.ec2.send(new CreateNatGatewayCommand({ SubnetId: publicSubnets[0], AllocationId }));
  await routeAll(aws, vpc, privateSubnets, { NatGatewayId: NatGateway?.NatGatewayId });
}

/** 10.20.<place>.0/24 in the zone with that letter. */
export async function makeSubnet({ ec2, region }: Aws, VpcId: string, place: number, letter: string): Promise<string> {
  const CidrBlock = `10.20.${place}.0/24`;
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: `${region}${letter}` }),
  );
  return Subnet?.SubnetId ?? "";
}

type Target = { readonly GatewayId?: string | undefined; readonly NatGatewayId?: string | undefined };

async function routeAll({ ec2 }: Aws, VpcId: string, subnets: readonly string[], target: Target): Promise<void> {
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId;
  await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target }));
  for (const SubnetId of subnets) await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
}
