import type {
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterfaceType,
  Tag,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { address, parseCidr } from "./cidr.ts";
import { defaultGroupOf } from "./lookup.ts";
import { freePublicIp } from "./public-ip.ts";
import { existing, invalidValue, nouns } from "./refusals.ts";
import { addresses, type NetworkInterfaceRow, networkInterfaces, securityGroups, subnets } from "./rows.ts";
import { type Filters, select } from "./select.ts";

/** As DescribeNetworkInterfaces spells them (filter interface-type of its page); the enum has natGateway instead. */
export type InterfaceType = "interface" | "nat_gateway" | "vpc_endpoint";

export interface NewInterface {
  readonly subnetId: string;
  /** Security groups; none: the VPC's default one. NAT gateways have none (`interfaceType` "nat_gateway"). */
  readonly groups: readonly string[];
  /** As AWS words it, for example "ELB app/name/id": what a person sees who looks for what keeps a subnet. */
  readonly description: string;
  /** Who manages it, as "amazon-elb"; undefined for a customer's own. */
  readonly requester: string | undefined;
  readonly interfaceType?: InterfaceType | undefined;
  /** Give it a public address of AWS's pool. */
  readonly publicIp?: boolean | undefined;
  /** An elastic address to use in place of one from the pool. */
  readonly allocationId?: string | undefined;
  readonly privateIp?: string | undefined;
  readonly tags?: Tag[] | undefined;
}

export interface AttachedInterface {
  readonly interfaceId: string;
  readonly privateIp: string;
  readonly publicIp: string | undefined;
}

/**
 * A network interface that something of AWS uses. While it is there, its subnet and groups cannot be deleted, and with
 * a public address the internet gateway cannot be detached.
 *
 * @throws AwsError InvalidSubnetID.NotFound, InvalidGroup.NotFound, InsufficientFreeAddressesInSubnet
 */
export function attachInterface(call: Call, wanted: NewInterface): AttachedInterface {
  const subnet = existing(subnets(call), wanted.subnetId, nouns.subnet, "subnetId");
  const groups = groupsFor(call, wanted, subnet.VpcId);
  if (networkInterfaces(call).all().length >= call.world.quota("ec2.networkInterfaces")) {
    throw new AwsError("NetworkInterfaceLimitExceeded", "The maximum number of network interfaces has been reached.");
  }
  const privateIp = freePrivateIp(call, subnet.SubnetId, subnet.CidrBlock, wanted.privateIp);
  const elastic = wanted.allocationId === undefined ? undefined : addresses(call).get(wanted.allocationId);
  const publicIp = elastic?.PublicIp ?? (wanted.publicIp ? freePublicIp(call) : undefined);
  const id = call.world.id("eni");
  const managed = wanted.requester !== undefined;
  const associationId = elastic ? call.world.id("eipassoc") : undefined;
  const association =
    publicIp === undefined
      ? undefined
      : {
          PublicIp: publicIp,
          IpOwnerId: elastic ? call.account : (wanted.requester ?? "amazon"),
          ...(elastic && { AllocationId: elastic.AllocationId, AssociationId: associationId }),
        };
  networkInterfaces(call).put(id, {
    NetworkInterfaceId: id,
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    AvailabilityZone: subnet.AvailabilityZone,
    Description: wanted.description,
    Groups: groups,
    InterfaceType: (wanted.interfaceType ?? "interface") as NetworkInterfaceType,
    MacAddress: macAddress(id),
    OwnerId: call.account,
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: privateIp, ...(association && { Association: association }) },
    ],
    RequesterManaged: managed,
    ...(managed && { RequesterId: wanted.requester }),
    SourceDestCheck: wanted.interfaceType !== "nat_gateway",
    Status: managed ? "in-use" : "available",
    ...(managed && {
      Attachment: {
        AttachmentId: call.world.id("eni-attach"),
        AttachTime: new Date(call.world.clock.now()),
        DeleteOnTermination: false,
        DeviceIndex: 1,
        InstanceOwnerId: wanted.requester,
        Status: "attached" as const,
      },
    }),
    ...(association && { Association: association }),
    TagSet: wanted.tags ?? [],
    Tags: wanted.tags ?? [],
  });
  if (elastic) {
    addresses(call).change(elastic.AllocationId, (row) => {
      row.AssociationId = associationId;
      row.NetworkInterfaceId = id;
      row.NetworkInterfaceOwnerId = call.account;
      row.PrivateIpAddress = privateIp;
    });
  }
  countAddresses(call, subnet.SubnetId, -1);
  return { interfaceId: id, privateIp, publicIp };
}

function groupsFor(call: Call, wanted: NewInterface, vpcId: string): { GroupId: string; GroupName: string }[] {
  if (wanted.interfaceType === "nat_gateway") return [];
  const fallback = defaultGroupOf(call, vpcId)?.GroupId;
  const ids = wanted.groups.length > 0 ? wanted.groups : fallback === undefined ? [] : [fallback];
  if (ids.length > call.world.quota("ec2.groupsPerInterface")) {
    throw new AwsError(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  }
  return ids.map((id) => {
    const group = existing(securityGroups(call), id, nouns.securityGroup, "groupId");
    if (group.VpcId !== vpcId) {
      throw new AwsError(
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
      );
    }
    return { GroupId: group.GroupId, GroupName: group.GroupName };
  });
}

/** Puts an interface into other groups. Groups that do not exist are the caller's to refuse. */
export function regroupInterface(
  call: Call,
  interfaceId: string,
  groups: readonly { GroupId: string; GroupName: string }[],
): void {
  if (!networkInterfaces(call).get(interfaceId)) return;
  networkInterfaces(call).change(interfaceId, (row) => {
    row.Groups = groups.map((group) => ({ ...group }));
  });
}

/** Gives an interface's addresses back: its subnet, groups and gateway are free of it at once. */
export function detachInterface(call: Call, interfaceId: string): void {
  const row = networkInterfaces(call).get(interfaceId);
  if (!row) return;
  releaseElastic(call, interfaceId);
  networkInterfaces(call).remove(interfaceId);
  countAddresses(call, row.SubnetId, 1);
}

export function releaseElastic(call: Call, interfaceId: string): void {
  for (const each of addresses(call).all()) {
    if (each.NetworkInterfaceId !== interfaceId) continue;
    addresses(call).change(each.AllocationId, (row) => {
      delete row.AssociationId;
      delete row.NetworkInterfaceId;
      delete row.NetworkInterfaceOwnerId;
      delete row.PrivateIpAddress;
    });
  }
}

function countAddresses(call: Call, subnetId: string, by: number): void {
  if (!subnets(call).get(subnetId)) return;
  subnets(call).change(subnetId, (subnet) => {
    subnet.AvailableIpAddressCount = (subnet.AvailableIpAddressCount ?? 0) + by;
  });
}

/** VPC User Guide, "Subnet sizing": the first four addresses and the last are not given out. */
function freePrivateIp(call: Call, subnetId: string, block: string, wanted: string | undefined): string {
  const cidr = parseCidr(block);
  if (!cidr) throw invalidValue(`Value (${block}) for parameter cidrBlock is invalid.`);
  const taken = new Set(
    networkInterfaces(call)
      .all()
      .filter((each) => each.SubnetId === subnetId)
      .map((each) => each.PrivateIpAddress),
  );
  if (wanted !== undefined) {
    if (taken.has(wanted)) throw new AwsError("InvalidIPAddress.InUse", `Address ${wanted} is in use.`);
    return wanted;
  }
  for (let offset = 4; offset < cidr.size - 1; offset++) {
    const candidate = address(cidr.base + offset);
    if (!taken.has(candidate)) return candidate;
  }
  throw new AwsError(
    "InsufficientFreeAddressesInSubnet",
    `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of interfaces.`,
  );
}

/** A locally administered MAC address, from the interface's id. */
const macAddress = (id: string): string => `0a:${(id.slice(-10).match(/../g) ?? []).join(":")}`;

/** API_DeleteNetworkInterface: detach first; what AWS manages is AWS's to delete. */
export function deleteNetworkInterface(call: Call, input: DeleteNetworkInterfaceRequest): undefined {
  const row = existing(networkInterfaces(call), input.NetworkInterfaceId, nouns.networkInterface, "networkInterfaceId");
  if (row.Status === "in-use") {
    throw new AwsError("InvalidParameterValue", `Network interface '${row.NetworkInterfaceId}' is currently in use.`);
  }
  detachInterface(call, row.NetworkInterfaceId);
}

/** API_DescribeNetworkInterfaces. */
const filters: Filters<NetworkInterfaceRow> = {
  "addresses.association.public-ip": (row) => row.PrivateIpAddresses?.map((each) => each.Association?.PublicIp),
  "addresses.primary": (row) => row.PrivateIpAddresses?.map((each) => each.Primary),
  "addresses.private-ip-address": (row) => row.PrivateIpAddresses?.map((each) => each.PrivateIpAddress),
  "association.allocation-id": (row) => row.Association?.AllocationId,
  "association.association-id": (row) => row.Association?.AssociationId,
  "association.ip-owner-id": (row) => row.Association?.IpOwnerId,
  "association.public-ip": (row) => row.Association?.PublicIp,
  "attachment.attachment-id": (row) => row.Attachment?.AttachmentId,
  "attachment.instance-id": (row) => row.Attachment?.InstanceId,
  "attachment.instance-owner-id": (row) => row.Attachment?.InstanceOwnerId,
  "attachment.status": (row) => row.Attachment?.Status,
  "availability-zone": (row) => row.AvailabilityZone,
  description: (row) => row.Description,
  "group-id": (row) => row.Groups.map((each) => each.GroupId),
  "group-name": (row) => row.Groups.map((each) => each.GroupName),
  "interface-type": (row) => row.InterfaceType,
  "mac-address": (row) => row.MacAddress,
  "network-interface-id": (row) => row.NetworkInterfaceId,
  "owner-id": (row) => row.OwnerId,
  "private-ip-address": (row) => row.PrivateIpAddress,
  "requester-id": (row) => row.RequesterId,
  "requester-managed": (row) => row.RequesterManaged,
  "source-dest-check": (row) => row.SourceDestCheck,
  status: (row) => row.Status,
  "subnet-id": (row) => row.SubnetId,
  "vpc-id": (row) => row.VpcId,
};

export function describeNetworkInterfaces(
  call: Call,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const { rows, next } = select(
    call,
    { table: networkInterfaces(call), noun: nouns.networkInterface, id: (row) => row.NetworkInterfaceId, filters },
    {
      ids: input.NetworkInterfaceIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
  );
  return { NetworkInterfaces: rows.map((row) => ({ ...row, TagSet: row.Tags })), NextToken: next };
}
