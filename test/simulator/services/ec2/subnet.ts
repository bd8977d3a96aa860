import type {
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
  Tag,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { type Cidr, contains, format, overlaps, parseCidr } from "./cidr.ts";
import { later } from "./later.ts";
import { associateDefaultAcl, disassociateAcl } from "./network-acl.ts";
import { existing, hasDependencies, invalidValue, nouns, required } from "./refusals.ts";
import { forgetSubnet } from "./route-table.ts";
import { networkInterfaces, type SubnetRow, subnets, type VpcRow, vpcs } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";
import { zoneHasCapacity, zoneId, zonesOf } from "./zones.ts";

/** VPC User Guide, "Subnet sizing": the first four and the last address of a subnet are AWS's. */
export const RESERVED_ADDRESSES = 5;

/** API_CreateSubnet: a block of /16 to /28 within the VPC's that overlaps no other subnet's. */
export function createSubnet(call: Call, input: CreateSubnetRequest): CreateSubnetResult {
  const vpc = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const given = required(input.CidrBlock, "cidrBlock");
  const cidr = parseCidr(given);
  if (!cidr) throw invalidValue(`Value (${given}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  const tags = specifiedTags(input.TagSpecifications, "subnet");
  const zone = zoneFor(call, input);
  checkBlock(call, vpc, cidr, given);
  const inVpc = subnets(call)
    .all()
    .filter((each) => each.VpcId === vpc.VpcId);
  if (inVpc.length >= call.world.quota("ec2.subnetsPerVpc")) {
    throw new AwsError("SubnetLimitExceeded", "The maximum number of subnets has been reached.");
  }
  const row = addSubnet(call, { vpcId: vpc.VpcId, cidr, zone, isDefault: false, tags });
  later(call, "ec2.subnet.create", subnets, row.SubnetId, (subnet) => {
    subnet.State = "available";
  });
  return { Subnet: row };
}

function checkBlock(call: Call, vpc: VpcRow, cidr: Cidr, given: string): void {
  const outer = (vpc.CidrBlockAssociationSet ?? []).map((each) => parseCidr(each.CidrBlock ?? ""));
  if (cidr.prefix < 16 || cidr.prefix > 28 || !outer.some((block) => block && contains(block, cidr))) {
    throw new AwsError("InvalidSubnet.Range", `The CIDR '${given}' is invalid.`);
  }
  const conflict = subnets(call)
    .all()
    .some((each) => {
      const block = parseCidr(each.CidrBlock);
      return each.VpcId === vpc.VpcId && block !== undefined && overlaps(block, cidr);
    });
  if (conflict) throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${given}' conflicts with another subnet`);
}

/** API_CreateSubnet: without a zone AWS selects one. */
function zoneFor(call: Call, input: CreateSubnetRequest): string {
  const open = zonesOf(call.region).filter((zone) => zoneHasCapacity(call, zone));
  const ids = open.map((zone) => zoneId(call, call.region, zone));
  const given = input.AvailabilityZone ?? open[ids.indexOf(input.AvailabilityZoneId ?? "")];
  if (given === undefined && input.AvailabilityZoneId === undefined) return open[0] ?? "";
  if (given === undefined || !open.includes(given)) {
    const [name, value, choices] =
      input.AvailabilityZone !== undefined
        ? ["availabilityZone", input.AvailabilityZone, open]
        : ["availabilityZoneId", input.AvailabilityZoneId, ids];
    throw invalidValue(
      `Value (${value}) for parameter ${name} is invalid. Subnets can currently only be created in the following ` +
        `availability zones: ${choices.join(", ")}.`,
    );
  }
  return given;
}

interface NewSubnet {
  readonly vpcId: string;
  readonly cidr: Cidr;
  readonly zone: string;
  readonly isDefault: boolean;
  readonly tags: Tag[];
}

export function addSubnet(call: Call, { vpcId, cidr, zone, isDefault, tags }: NewSubnet): SubnetRow {
  const id = call.world.id("subnet");
  const row = subnets(call).put(id, {
    SubnetId: id,
    SubnetArn: arn(call, "ec2", `subnet/${id}`),
    VpcId: vpcId,
    CidrBlock: format(cidr),
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(call, call.region, zone),
    AvailableIpAddressCount: cidr.size - RESERVED_ADDRESSES,
    DefaultForAz: isDefault,
    MapPublicIpOnLaunch: isDefault,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    OwnerId: call.account,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: "ip-name",
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    State: isDefault ? "available" : "pending",
    Tags: tags,
  });
  associateDefaultAcl(call, vpcId, id);
  return row;
}

/** API_DescribeSubnets, the older spellings it names included. */
const filters: Filters<SubnetRow> = {
  "availability-zone": (subnet) => subnet.AvailabilityZone,
  availabilityZone: (subnet) => subnet.AvailabilityZone,
  "availability-zone-id": (subnet) => subnet.AvailabilityZoneId,
  availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
  "available-ip-address-count": (subnet) => subnet.AvailableIpAddressCount,
  "cidr-block": (subnet) => subnet.CidrBlock,
  cidr: (subnet) => subnet.CidrBlock,
  cidrBlock: (subnet) => subnet.CidrBlock,
  "default-for-az": (subnet) => subnet.DefaultForAz,
  defaultForAz: (subnet) => subnet.DefaultForAz,
  "ipv6-native": (subnet) => subnet.Ipv6Native,
  "map-public-ip-on-launch": (subnet) => subnet.MapPublicIpOnLaunch,
  "outpost-arn": () => undefined,
  "owner-id": (subnet) => subnet.OwnerId,
  state: (subnet) => subnet.State,
  "subnet-arn": (subnet) => subnet.SubnetArn,
  "subnet-id": (subnet) => subnet.SubnetId,
  "vpc-id": (subnet) => subnet.VpcId,
};

export function describeSubnets(call: Call, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const { rows, next } = select(
    call,
    { table: subnets(call), noun: nouns.subnet, id: (subnet) => subnet.SubnetId, filters },
    { ids: input.SubnetIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { Subnets: [...rows], NextToken: next };
}

/** API_ModifySubnetAttribute: "You can only modify one attribute at a time". */
export function modifySubnetAttribute(call: Call, input: ModifySubnetAttributeRequest): undefined {
  const row = existing(subnets(call), input.SubnetId, nouns.subnet, "subnetId");
  const { SubnetId: _id, ...attributes } = input;
  const named = Object.values(attributes).filter((each) => each !== undefined).length;
  if (named === 0) throw new AwsError("MissingParameter", "Must specify an attribute to modify");
  if (named > 1)
    throw new AwsError("InvalidParameterCombination", "Only one subnet attribute can be modified at a time");
  subnets(call).change(row.SubnetId, (subnet) => {
    subnet.MapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch;
    subnet.EnableDns64 = input.EnableDns64?.Value ?? subnet.EnableDns64;
    subnet.AssignIpv6AddressOnCreation = input.AssignIpv6AddressOnCreation?.Value ?? subnet.AssignIpv6AddressOnCreation;
  });
}

/** API_DeleteSubnet: "You must terminate all running instances in the subnet": any network interface keeps it. */
export function deleteSubnet(call: Call, input: DeleteSubnetRequest): undefined {
  const { SubnetId: id } = existing(subnets(call), input.SubnetId, nouns.subnet, "subnetId");
  if (
    networkInterfaces(call)
      .all()
      .some((each) => each.SubnetId === id)
  ) {
    throw hasDependencies("subnet", id);
  }
  forgetSubnet(call, id);
  disassociateAcl(call, id);
  subnets(call).remove(id);
}
