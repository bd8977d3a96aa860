import type { LoadBalancerSchemeEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { defaultGroupOf, groupOf, subnetOf } from "../ec2/lookup.ts";
import { type AttachedInterface, attachInterface, detachInterface } from "../ec2/network-interface.ts";
import { internetGateways, type SubnetRow } from "../ec2/rows.ts";
import { zoneHasCapacity } from "../ec2/zones.ts";
import { validation } from "./refusals.ts";
import type { LoadBalancerRow } from "./rows.ts";

export interface Placement {
  readonly vpcId: string;
  readonly subnets: readonly SubnetRow[];
}

/** ALB User Guide, "Subnets for your load balancer": at least eight free addresses in each. */
const FREE_ADDRESSES = 8;

/**
 * ALB User Guide, "Application Load Balancers": one subnet a zone, at least two zones, one VPC, with an internet gateway
 * when it faces the internet.
 *
 * @param held subnets that it is in already: whether those have room and capacity does not matter
 */
export function checkedSubnets(
  call: Call,
  ids: readonly string[],
  scheme: LoadBalancerSchemeEnum,
  held: readonly string[],
): Placement {
  const subnets = ids.map((id) => {
    const subnet = subnetOf(call, id);
    if (!subnet) throw new AwsError("SubnetNotFound", `The subnet ID '${id}' does not exist`);
    return subnet;
  });
  const zones = new Set(subnets.map((each) => each.AvailabilityZone));
  if (zones.size < subnets.length) {
    throw new AwsError(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  if (zones.size < 2) throw validation("At least two subnets in two different Availability Zones must be specified");
  const vpcId = subnets[0]?.VpcId ?? "";
  if (subnets.some((each) => each.VpcId !== vpcId)) {
    throw new AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  }
  const added = subnets.filter((each) => !held.includes(each.SubnetId));
  for (const each of added) {
    if ((each.AvailableIpAddressCount ?? 0) < FREE_ADDRESSES) {
      throw new AwsError(
        "InvalidSubnet",
        `Not enough IP space available in ${each.SubnetId}. ELB requires at least 8 free IP addresses in each subnet.`,
      );
    }
    if (!zoneHasCapacity(call, each.AvailabilityZone)) {
      throw new AwsError(
        "AvailabilityZoneNotSupported",
        `The Availability Zone '${each.AvailabilityZone}' is not supported`,
      );
    }
  }
  const gateway = internetGateways(call)
    .all()
    .some((each) => each.Attachments.some((attachment) => attachment.VpcId === vpcId));
  if (scheme === "internet-facing" && !gateway) {
    throw new AwsError("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
  }
  return { vpcId, subnets };
}

/** API_CreateLoadBalancer, SecurityGroups: the VPC's default one when none is named. */
export function checkedGroups(
  call: Call,
  vpcId: string,
  ids: readonly string[],
): readonly { GroupId: string; GroupName: string }[] {
  const fallback = defaultGroupOf(call, vpcId)?.GroupId;
  return (ids.length > 0 ? ids : fallback === undefined ? [] : [fallback]).map((id) => {
    const group = groupOf(call, id);
    if (!group || group.VpcId !== vpcId) {
      throw new AwsError("InvalidSecurityGroup", `One or more security groups are invalid: ${id}`);
    }
    return { GroupId: group.GroupId, GroupName: group.GroupName };
  });
}

/** A network interface in each subnet, with a public address when it faces the internet. All of them or none. */
export function attachSubnets(
  call: Call,
  arn: string,
  placement: Placement,
  groups: readonly { GroupId: string }[],
  scheme: LoadBalancerSchemeEnum,
): LoadBalancerRow["subnets"] {
  const made: (AttachedInterface & { subnet: SubnetRow })[] = [];
  try {
    for (const subnet of placement.subnets) {
      const attached = attachInterface(call, {
        subnetId: subnet.SubnetId,
        groups: groups.map((each) => each.GroupId),
        description: `ELB ${arn.split("loadbalancer/")[1]}`,
        requester: "amazon-elb",
        publicIp: scheme === "internet-facing",
      });
      made.push({ ...attached, subnet });
    }
  } catch (refusal) {
    for (const each of made) detachInterface(call, each.interfaceId);
    throw refusal;
  }
  return made.map(({ subnet, interfaceId }) => ({
    subnetId: subnet.SubnetId,
    zone: subnet.AvailabilityZone,
    interfaceId,
  }));
}
