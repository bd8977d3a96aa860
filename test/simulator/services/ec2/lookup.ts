import type { Call } from "../../operation.ts";
import { contains, parseCidr } from "./cidr.ts";
import {
  internetGateways,
  natGateways,
  type RouteTableRow,
  routeTables,
  type SecurityGroupRow,
  type SubnetRow,
  securityGroups,
  subnets,
  type VpcRow,
  vpcs,
} from "./rows.ts";

/** What rules of other services ask EC2: always what is, never what a describe would still show. */
type Where = Pick<Call, "world" | "account" | "region">;

export const vpcOf = (call: Where, id: string): VpcRow | undefined => vpcs(call).get(id);
export const subnetOf = (call: Where, id: string): SubnetRow | undefined => subnets(call).get(id);
export const groupOf = (call: Where, id: string): SecurityGroupRow | undefined => securityGroups(call).get(id);

export const defaultGroupOf = (call: Where, vpcId: string): SecurityGroupRow | undefined =>
  securityGroups(call)
    .all()
    .find((group) => group.VpcId === vpcId && group.GroupName === "default");

/** The table of a subnet, explicit or the VPC's main one: VPC User Guide, "Subnet route tables". */
export function routeTableOf(call: Where, subnetId: string): RouteTableRow | undefined {
  const vpcId = subnetOf(call, subnetId)?.VpcId;
  const tables = routeTables(call)
    .all()
    .filter((table) => table.VpcId === vpcId);
  return (
    tables.find((table) => table.Associations.some((each) => each.SubnetId === subnetId)) ??
    tables.find((table) => table.Associations.some((each) => each.Main))
  );
}

/** How the subnet reaches the internet by its default route, if at all. */
export function hasInternetRoute(call: Where, subnetId: string): "gateway" | "nat" | undefined {
  const route = routeTableOf(call, subnetId)?.Routes.find((each) => each.DestinationCidrBlock === "0.0.0.0/0");
  if (!route) return undefined;
  const vpcId = subnetOf(call, subnetId)?.VpcId;
  if (route.GatewayId?.startsWith("igw-")) {
    const gateway = internetGateways(call).get(route.GatewayId);
    return gateway?.Attachments.some((each) => each.VpcId === vpcId) ? "gateway" : undefined;
  }
  const nat = route.NatGatewayId === undefined ? undefined : natGateways(call).get(route.NatGatewayId);
  return nat?.State === "available" ? "nat" : undefined;
}

/** Whether inbound rules of any of `to` let a member of `from` (or an address of the block `cidr`) in on a TCP port. */
export function groupAllows(
  call: Where,
  from: readonly string[],
  to: readonly string[],
  port: number,
  cidr?: string,
): boolean {
  const source = cidr === undefined ? undefined : parseCidr(cidr);
  return to
    .flatMap((id) => groupOf(call, id)?.rules ?? [])
    .some((rule) => {
      if (rule.IsEgress) return false;
      const onPort =
        rule.IpProtocol === "-1" ||
        (rule.IpProtocol === "tcp" && (rule.FromPort ?? 0) <= port && port <= (rule.ToPort ?? 65_535));
      const block = rule.CidrIpv4 === undefined ? undefined : parseCidr(rule.CidrIpv4);
      const group = rule.ReferencedGroupInfo?.GroupId;
      return (
        onPort &&
        ((group !== undefined && from.includes(group)) ||
          (!!block && (block.prefix === 0 || (!!source && contains(block, source)))))
      );
    });
}
