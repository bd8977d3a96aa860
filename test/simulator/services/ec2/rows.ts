import type {
  Address,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Tag,
  Vpc,
  VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";

/** What EC2 keeps: rows are the SDK's shapes, with the few members that every row has made certain. */
type Row<Shape, Certain extends keyof Shape> = Shape & { [K in Certain]-?: NonNullable<Shape[K]> } & { Tags: Tag[] };

export type VpcRow = Row<Vpc, "VpcId" | "CidrBlock" | "OwnerId"> & {
  dnsSupport: boolean;
  dnsHostnames: boolean;
  networkAddressUsageMetrics: boolean;
};
export type SubnetRow = Row<Subnet, "SubnetId" | "VpcId" | "CidrBlock" | "AvailabilityZone">;
export type InternetGatewayRow = Row<InternetGateway, "InternetGatewayId" | "Attachments">;
export type AddressRow = Row<Address, "AllocationId" | "PublicIp">;
export type NatGatewayRow = Row<NatGateway, "NatGatewayId" | "VpcId" | "SubnetId" | "State" | "NatGatewayAddresses">;
export type RouteTableRow = Row<RouteTable, "RouteTableId" | "VpcId" | "Routes" | "Associations">;
export type RuleRow = SecurityGroupRule & { SecurityGroupRuleId: string; GroupId: string; IsEgress: boolean };
export type SecurityGroupRow = Row<SecurityGroup, "GroupId" | "GroupName" | "VpcId"> & { rules: RuleRow[] };
export type VpcEndpointRow = Row<
  VpcEndpoint,
  "VpcEndpointId" | "VpcId" | "ServiceName" | "State" | "RouteTableIds" | "SubnetIds" | "Groups" | "NetworkInterfaceIds"
>;
export type NetworkInterfaceRow = Row<
  NetworkInterface,
  "NetworkInterfaceId" | "VpcId" | "SubnetId" | "Groups" | "PrivateIpAddress"
>;
export type NetworkAclRow = Row<NetworkAcl, "NetworkAclId" | "VpcId" | "Associations" | "Entries">;
export interface ZoneRow {
  readonly zone: string;
}

type Where = Pick<Call, "world" | "account" | "region">;
const named =
  <T extends object>(name: string) =>
  (call: Where): Table<T> =>
    call.world.table<T>(call, `ec2.${name}`);

export const vpcs = named<VpcRow>("vpcs");
export const subnets = named<SubnetRow>("subnets");
export const internetGateways = named<InternetGatewayRow>("internetGateways");
export const addresses = named<AddressRow>("addresses");
export const natGateways = named<NatGatewayRow>("natGateways");
export const routeTables = named<RouteTableRow>("routeTables");
export const securityGroups = named<SecurityGroupRow>("securityGroups");
export const vpcEndpoints = named<VpcEndpointRow>("vpcEndpoints");
export const networkInterfaces = named<NetworkInterfaceRow>("networkInterfaces");
export const networkAcls = named<NetworkAclRow>("networkAcls");
export const zoneFaults = named<ZoneRow>("zoneFaults");
