import type { DescribeNetworkAclsRequest, DescribeNetworkAclsResult } from "@aws-sdk/client-ec2";
import type { Call } from "../../operation.ts";
import { nouns } from "./refusals.ts";
import { type NetworkAclRow, networkAcls } from "./rows.ts";
import { type Filters, select } from "./select.ts";

/** VPC User Guide, "Default network ACL": rule 100 allows all, rule 32767 denies, both ways. */
export function addDefaultAcl(call: Call, vpcId: string): void {
  const id = call.world.id("acl");
  const entry = (Egress: boolean, RuleNumber: number, RuleAction: "allow" | "deny") => ({
    CidrBlock: "0.0.0.0/0",
    Egress,
    Protocol: "-1",
    RuleAction,
    RuleNumber,
  });
  networkAcls(call).put(id, {
    NetworkAclId: id,
    VpcId: vpcId,
    IsDefault: true,
    OwnerId: call.account,
    Associations: [],
    Entries: [
      entry(true, 100, "allow"),
      entry(true, 32767, "deny"),
      entry(false, 100, "allow"),
      entry(false, 32767, "deny"),
    ],
    Tags: [],
  });
}

/** A new subnet is in its VPC's default network ACL. */
export function associateDefaultAcl(call: Call, vpcId: string, subnetId: string): void {
  const acl = networkAcls(call)
    .all()
    .find((each) => each.VpcId === vpcId && each.IsDefault);
  if (!acl) return;
  const association = {
    NetworkAclAssociationId: call.world.id("aclassoc"),
    NetworkAclId: acl.NetworkAclId,
    SubnetId: subnetId,
  };
  networkAcls(call).change(acl.NetworkAclId, (row) => void row.Associations.push(association));
}

export function disassociateAcl(call: Call, subnetId: string): void {
  for (const acl of networkAcls(call).all()) {
    if (!acl.Associations.some((each) => each.SubnetId === subnetId)) continue;
    networkAcls(call).change(acl.NetworkAclId, (row) => {
      row.Associations = row.Associations.filter((each) => each.SubnetId !== subnetId);
    });
  }
}

/** API_DescribeNetworkAcls. */
const filters: Filters<NetworkAclRow> = {
  "association.association-id": (acl) => acl.Associations.map((each) => each.NetworkAclAssociationId),
  "association.network-acl-id": (acl) => acl.Associations.map((each) => each.NetworkAclId),
  "association.subnet-id": (acl) => acl.Associations.map((each) => each.SubnetId),
  default: (acl) => acl.IsDefault,
  "entry.cidr": (acl) => acl.Entries.map((each) => each.CidrBlock),
  "entry.egress": (acl) => acl.Entries.map((each) => each.Egress),
  "entry.protocol": (acl) => acl.Entries.map((each) => each.Protocol),
  "entry.rule-action": (acl) => acl.Entries.map((each) => each.RuleAction),
  "entry.rule-number": (acl) => acl.Entries.map((each) => each.RuleNumber),
  "network-acl-id": (acl) => acl.NetworkAclId,
  "owner-id": (acl) => acl.OwnerId,
  "vpc-id": (acl) => acl.VpcId,
};

export function describeNetworkAcls(call: Call, input: DescribeNetworkAclsRequest): DescribeNetworkAclsResult {
  const { rows, next } = select(
    call,
    { table: networkAcls(call), noun: nouns.networkAcl, id: (acl) => acl.NetworkAclId, filters },
    { ids: input.NetworkAclIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { NetworkAcls: [...rows], NextToken: next };
}
