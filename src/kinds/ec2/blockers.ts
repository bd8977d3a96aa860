import {
  type Filter,
  type NetworkInterface,
  paginateDescribeInternetGateways,
  paginateDescribeNatGateways,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Tag } from "../tags.ts";
import { filter } from "./shared.ts";

/** What stands in the way of a deletion, each as "type id (hint)", in words a person can look up in the console. */
type Blockers = Promise<string[]>;

const blocker = (type: string, id: string | undefined, hint: string | undefined): string =>
  `${type} ${id}${hint ? ` (${hint})` : ""}`;

const nameIn = (tags: readonly Tag[] | undefined): string | undefined => tags?.find(({ Key }) => Key === "Name")?.Value;

/** A network interface says in its description what made it: "ELB app/…", "Interface for NAT Gateway nat-…". */
const interfaceBlocker = ({ NetworkInterfaceId, Description, Attachment, InterfaceType }: NetworkInterface): string =>
  blocker("network interface", NetworkInterfaceId, Description || Attachment?.InstanceId || InterfaceType);

export async function networkInterfaces(aws: Aws, filters: Filter[]): Blockers {
  const pages = paginateDescribeNetworkInterfaces({ client: aws.ec2 }, { Filters: filters });
  return (await collect(pages, (page) => page.NetworkInterfaces)).map(interfaceBlocker);
}

/** Network interfaces with a public address: they keep an internet gateway from being detached. */
export async function publicInterfaces(aws: Aws, vpcId: string): Blockers {
  const pages = paginateDescribeNetworkInterfaces({ client: aws.ec2 }, { Filters: [filter("vpc-id", vpcId)] });
  const all = await collect(pages, (page) => page.NetworkInterfaces);
  return all.filter(({ Association }) => Association?.PublicIp).map(interfaceBlocker);
}

/** Security groups with a rule that refers to this one. */
export async function referringGroups(aws: Aws, groupId: string): Blockers {
  const ask = async (name: string) =>
    collect(
      paginateDescribeSecurityGroups({ client: aws.ec2 }, { Filters: [filter(name, groupId)] }),
      (page) => page.SecurityGroups,
    );
  const [ingress, egress] = await Promise.all([ask("ip-permission.group-id"), ask("egress.ip-permission.group-id")]);
  const names = new Map([...ingress, ...egress].map(({ GroupId, GroupName }) => [GroupId, GroupName]));
  names.delete(groupId);
  return [...names].map(([id, name]) => blocker("security group", id, `${name} has a rule that refers to it`));
}

/** What a VPC holds and does not take along when it goes: all but its main route table and default security group. */
export async function contentsOf(aws: Aws, vpcId: string): Blockers {
  const client = aws.ec2;
  const Filters = [filter("vpc-id", vpcId)];
  const [subnets, groups, tables, gateways, nats, endpoints, interfaces] = await Promise.all([
    collect(paginateDescribeSubnets({ client }, { Filters }), (page) => page.Subnets),
    collect(paginateDescribeSecurityGroups({ client }, { Filters }), (page) => page.SecurityGroups),
    collect(paginateDescribeRouteTables({ client }, { Filters }), (page) => page.RouteTables),
    collect(
      paginateDescribeInternetGateways({ client }, { Filters: [filter("attachment.vpc-id", vpcId)] }),
      (page) => page.InternetGateways,
    ),
    collect(
      paginateDescribeNatGateways(
        { client },
        { Filter: [...Filters, filter("state", "pending", "available", "deleting")] },
      ),
      (page) => page.NatGateways,
    ),
    collect(paginateDescribeVpcEndpoints({ client }, { Filters }), (page) => page.VpcEndpoints),
    networkInterfaces(aws, Filters),
  ]);
  return [
    ...subnets.map((it) => blocker("subnet", it.SubnetId, nameIn(it.Tags) ?? it.CidrBlock)),
    ...groups
      .filter((it) => it.GroupName !== "default")
      .map((it) => blocker("security group", it.GroupId, it.GroupName)),
    ...tables
      .filter((it) => !it.Associations?.some(({ Main }) => Main))
      .map((it) => blocker("route table", it.RouteTableId, nameIn(it.Tags))),
    ...gateways.map((it) => blocker("internet gateway", it.InternetGatewayId, nameIn(it.Tags))),
    ...nats.map((it) => blocker("NAT gateway", it.NatGatewayId, it.State)),
    ...endpoints.map((it) => blocker("VPC endpoint", it.VpcEndpointId, it.ServiceName)),
    ...interfaces,
  ];
}
