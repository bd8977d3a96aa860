import { AwsError, type Call } from "../../operation.ts";
import { defaultGroupOf } from "./lookup.ts";
import { type AttachedInterface, attachInterface, detachInterface } from "./network-interface.ts";
import { existing, invalidValue, nouns } from "./refusals.ts";
import { networkInterfaces, routeTables, securityGroups, subnets, type VpcEndpointRow } from "./rows.ts";

/** VPC User Guide, "Work with AWS-managed prefix lists": one id for a service in a region. */
export const prefixListId = (region: string, service: string): string => {
  let hash = 0;
  for (const char of region + service) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return `pl-${hash.toString(16).padStart(8, "0")}`;
};

const prefixListOf = (call: Call, endpoint: VpcEndpointRow): string =>
  prefixListId(call.region, endpoint.ServiceName.split(".").at(-1) ?? "");

/** API_CreateVpcEndpoint, RouteTableIds: each gets a route to the service's prefix list. */
export function addRoutes(call: Call, endpoint: VpcEndpointRow, tableIds: readonly string[]): void {
  const list = prefixListOf(call, endpoint);
  for (const id of tableIds) {
    const table = existing(routeTables(call), id, nouns.routeTable, "routeTableId");
    if (table.VpcId !== endpoint.VpcId) {
      throw invalidValue(`Route table ${id} and VPC ${endpoint.VpcId} belong to different networks`);
    }
    if (table.Routes.some((route) => route.DestinationPrefixListId === list)) {
      throw new AwsError(
        "RouteAlreadyExists",
        `route table ${id} already has a route with destination-prefix-list-id ${list}`,
      );
    }
  }
  for (const id of tableIds) {
    routeTables(call).change(id, (table) => {
      table.Routes.push({
        DestinationPrefixListId: list,
        GatewayId: endpoint.VpcEndpointId,
        Origin: "CreateRoute",
        State: "active",
      });
    });
  }
  endpoint.RouteTableIds = [...endpoint.RouteTableIds, ...tableIds];
}

export function removeRoutes(call: Call, endpoint: VpcEndpointRow, tableIds: readonly string[]): void {
  for (const id of tableIds) {
    if (!routeTables(call).get(id)) continue;
    routeTables(call).change(id, (table) => {
      table.Routes = table.Routes.filter((route) => route.GatewayId !== endpoint.VpcEndpointId);
    });
  }
  endpoint.RouteTableIds = endpoint.RouteTableIds.filter((id) => !tableIds.includes(id));
}

/** API_CreateVpcEndpoint, SubnetIds: one subnet of a zone, each with an interface of the endpoint. */
export function addInterfaces(call: Call, endpoint: VpcEndpointRow, subnetIds: readonly string[]): void {
  const zones = new Set(endpoint.SubnetIds.map((id) => subnets(call).get(id)?.AvailabilityZone));
  for (const id of subnetIds) {
    const subnet = existing(subnets(call), id, nouns.subnet, "subnetId");
    if (subnet.VpcId !== endpoint.VpcId) {
      throw new AwsError("InvalidParameter", `The subnet ID '${id}' is not in the VPC ${endpoint.VpcId}`);
    }
    if (zones.has(subnet.AvailabilityZone)) {
      throw new AwsError(
        "DuplicateSubnetsInSameZone",
        `Found another VPC endpoint subnet in the availability zone of ${id}`,
      );
    }
    zones.add(subnet.AvailabilityZone);
  }
  const made: AttachedInterface[] = [];
  try {
    for (const id of subnetIds) {
      made.push(
        attachInterface(call, {
          subnetId: id,
          groups: endpoint.Groups.map((group) => group.GroupId ?? ""),
          description: `VPC Endpoint Interface ${endpoint.VpcEndpointId}`,
          requester: "amazon-vpce",
          interfaceType: "vpc_endpoint",
        }),
      );
    }
  } catch (refusal) {
    for (const each of made) detachInterface(call, each.interfaceId);
    throw refusal;
  }
  endpoint.NetworkInterfaceIds = [...endpoint.NetworkInterfaceIds, ...made.map((each) => each.interfaceId)];
  endpoint.SubnetIds = [...endpoint.SubnetIds, ...subnetIds];
}

export function removeInterfaces(call: Call, endpoint: VpcEndpointRow, subnetIds: readonly string[]): void {
  for (const id of endpoint.NetworkInterfaceIds) {
    if (subnetIds.includes(networkInterfaces(call).get(id)?.SubnetId ?? "")) detachInterface(call, id);
  }
  endpoint.NetworkInterfaceIds = endpoint.NetworkInterfaceIds.filter((id) => networkInterfaces(call).get(id));
  endpoint.SubnetIds = endpoint.SubnetIds.filter((id) => !subnetIds.includes(id));
}

/** API_CreateVpcEndpoint, SecurityGroupIds: the VPC's default group when none is named. */
export function groupsOf(call: Call, vpcId: string, ids: readonly string[]): { GroupId: string; GroupName: string }[] {
  const fallback = defaultGroupOf(call, vpcId)?.GroupId;
  return (ids.length > 0 ? ids : fallback === undefined ? [] : [fallback]).map((id) => {
    const group = existing(securityGroups(call), id, nouns.securityGroup, "groupId");
    return { GroupId: group.GroupId, GroupName: group.GroupName };
  });
}
