import type {
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  ModifyVpcAttributeRequest,
  Tag,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { format, parseCidr } from "./cidr.ts";
import { later } from "./later.ts";
import { addDefaultAcl } from "./network-acl.ts";
import { existing, hasDependencies, invalidValue, nouns, required } from "./refusals.ts";
import { addMainRouteTable } from "./route-table.ts";
import {
  internetGateways,
  networkAcls,
  networkInterfaces,
  routeTables,
  securityGroups,
  subnets,
  type VpcRow,
  vpcEndpoints,
  vpcs,
} from "./rows.ts";
import { addDefaultGroup } from "./security-group.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_CreateVpc: a block of /16 to /28, made canonical. The quota is per region. */
export function createVpc(call: Call, input: CreateVpcRequest): CreateVpcResult {
  const given = required(input.CidrBlock, "cidrBlock");
  const cidr = parseCidr(given);
  if (!cidr) throw invalidValue(`Value (${given}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  if (cidr.prefix < 16 || cidr.prefix > 28) throw new AwsError("InvalidVpc.Range", `The CIDR '${given}' is invalid.`);
  const tags = specifiedTags(input.TagSpecifications, "vpc");
  if (vpcs(call).all().length >= call.world.quota("ec2.vpcs")) {
    throw new AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
  }
  const row = addVpc(call, { cidr: format(cidr), tenancy: input.InstanceTenancy ?? "default", isDefault: false, tags });
  // API_Vpc: pending, then available.
  later(call, "ec2.vpc.create", vpcs, row.VpcId, (vpc) => {
    vpc.State = "available";
  });
  return { Vpc: row };
}

interface NewVpc {
  readonly cidr: string;
  readonly tenancy: NonNullable<VpcRow["InstanceTenancy"]>;
  readonly isDefault: boolean;
  readonly tags: Tag[];
}

/** VPC User Guide, "VPC basics": a main route table, a default group and a default network ACL come with a VPC. */
export function addVpc(call: Call, { cidr, tenancy, isDefault, tags }: NewVpc): VpcRow {
  const id = call.world.id("vpc");
  const row = vpcs(call).put(id, {
    VpcId: id,
    CidrBlock: cidr,
    CidrBlockAssociationSet: [
      { AssociationId: call.world.id("vpc-cidr-assoc"), CidrBlock: cidr, CidrBlockState: { State: "associated" } },
    ],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: "default",
    InstanceTenancy: tenancy,
    IsDefault: isDefault,
    OwnerId: call.account,
    State: isDefault ? "available" : "pending",
    Tags: tags,
    dnsSupport: true,
    // API_ModifyVpcAttribute: host names are on for default VPCs only.
    dnsHostnames: isDefault,
    networkAddressUsageMetrics: false,
  });
  addMainRouteTable(call, id, cidr);
  addDefaultGroup(call, id);
  addDefaultAcl(call, id);
  return row;
}

/** API_DescribeVpcs. Aliases of documented names that EC2 takes as well: cidr-block, isDefault. */
const filters: Filters<VpcRow> = {
  cidr: (vpc) => vpc.CidrBlock,
  "cidr-block": (vpc) => vpc.CidrBlock,
  "cidr-block-association.cidr-block": (vpc) => vpc.CidrBlockAssociationSet?.map((each) => each.CidrBlock),
  "cidr-block-association.association-id": (vpc) => vpc.CidrBlockAssociationSet?.map((each) => each.AssociationId),
  "cidr-block-association.state": (vpc) => vpc.CidrBlockAssociationSet?.map((each) => each.CidrBlockState?.State),
  "dhcp-options-id": (vpc) => vpc.DhcpOptionsId,
  "is-default": (vpc) => vpc.IsDefault,
  isDefault: (vpc) => vpc.IsDefault,
  "owner-id": (vpc) => vpc.OwnerId,
  state: (vpc) => vpc.State,
  "vpc-id": (vpc) => vpc.VpcId,
};

export function describeVpcs(call: Call, input: DescribeVpcsRequest): DescribeVpcsResult {
  const { rows, next } = select(
    call,
    { table: vpcs(call), noun: nouns.vpc, id: (vpc) => vpc.VpcId, filters },
    { ids: input.VpcIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { Vpcs: [...rows], NextToken: next };
}

/** API_DescribeVpcAttribute: one attribute a call. */
export function describeVpcAttribute(call: Call, input: DescribeVpcAttributeRequest): DescribeVpcAttributeResult {
  const id = required(input.VpcId, "vpcId");
  existing(vpcs(call), id, nouns.vpc, "vpcId");
  const row = vpcs(call).shown(id);
  if (!row) throw nouns.vpc.notFound(id);
  switch (required(input.Attribute, "attribute")) {
    case "enableDnsSupport":
      return { VpcId: id, EnableDnsSupport: { Value: row.dnsSupport } };
    case "enableDnsHostnames":
      return { VpcId: id, EnableDnsHostnames: { Value: row.dnsHostnames } };
    case "enableNetworkAddressUsageMetrics":
      return { VpcId: id, EnableNetworkAddressUsageMetrics: { Value: row.networkAddressUsageMetrics } };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid.`);
  }
}

/**
 * API_ModifyVpcAttribute: "You cannot modify the DNS resolution and DNS hostnames attributes in the same request";
 * host names need DNS support.
 */
export function modifyVpcAttribute(call: Call, input: ModifyVpcAttributeRequest): undefined {
  const row = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const support = input.EnableDnsSupport?.Value;
  const hostnames = input.EnableDnsHostnames?.Value;
  const metrics = input.EnableNetworkAddressUsageMetrics?.Value;
  const named = [support, hostnames, metrics].filter((each) => each !== undefined).length;
  if (named === 0) throw new AwsError("MissingParameter", "The request must contain one attribute to modify");
  if (named > 1) {
    throw new AwsError("InvalidParameterCombination", "Fields for multiple attribute types specified.");
  }
  if (hostnames && !row.dnsSupport) {
    throw invalidValue("Network configuration error: DNS hostnames need DNS support to be enabled.");
  }
  vpcs(call).change(row.VpcId, (vpc) => {
    vpc.dnsSupport = support ?? vpc.dnsSupport;
    vpc.dnsHostnames = hostnames ?? vpc.dnsHostnames;
    vpc.networkAddressUsageMetrics = metrics ?? vpc.networkAddressUsageMetrics;
  });
}

/**
 * API_DeleteVpc: all gateways and resources must be gone first; the default group, network ACL and main route table go
 * with the VPC.
 */
export function deleteVpc(call: Call, input: DeleteVpcRequest): undefined {
  const { VpcId: id } = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const within = (row: { VpcId?: string | undefined }): boolean => row.VpcId === id;
  const acls = networkAcls(call).all().filter(within);
  const groups = securityGroups(call).all().filter(within);
  const tables = routeTables(call).all().filter(within);
  const blocked =
    subnets(call).all().some(within) ||
    networkInterfaces(call).all().some(within) ||
    vpcEndpoints(call).all().some(within) ||
    internetGateways(call)
      .all()
      .some((gateway) => gateway.Attachments.some(within)) ||
    groups.some((group) => group.GroupName !== "default") ||
    tables.some((table) => !table.Associations.some((each) => each.Main));
  if (blocked) throw hasDependencies("vpc", id);
  for (const table of tables) routeTables(call).remove(table.RouteTableId);
  for (const group of groups) securityGroups(call).remove(group.GroupId);
  for (const acl of acls) networkAcls(call).remove(acl.NetworkAclId);
  vpcs(call).remove(id);
}
