import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { permissionsOf } from "./permission.ts";
import { dependency, existing, invalidValue, nouns, required } from "./refusals.ts";
import { networkInterfaces, type SecurityGroupRow, securityGroups, vpcs } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_CreateSecurityGroup: "Constraints for a VPC" of GroupName and GroupDescription. */
const ALLOWED = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

/** API_CreateSecurityGroup: a name is unique in its VPC, without regard to case; egress starts open. */
export function createSecurityGroup(call: Call, input: CreateSecurityGroupRequest): CreateSecurityGroupResult {
  const name = required(input.GroupName, "groupName");
  const description = required(input.Description, "groupDescription");
  const vpcId = input.VpcId ?? defaultVpc(call);
  for (const [parameter, value] of [
    ["groupName", name],
    ["GroupDescription", description],
  ] as const) {
    if (value.length > 255 || !ALLOWED.test(value)) {
      throw invalidValue(
        `Value (${value}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
      );
    }
  }
  if (name.startsWith("sg-")) {
    throw invalidValue(`Invalid value '${name}' for groupName: group names may not be in the form sg-*`);
  }
  if (name.toLowerCase() === "default") throw invalidValue(`Cannot use reserved security group name: ${name}`);
  existing(vpcs(call), vpcId, nouns.vpc, "vpcId");
  const tags = specifiedTags(input.TagSpecifications, "security-group");
  const all = securityGroups(call).all();
  if (all.some((each) => each.VpcId === vpcId && each.GroupName.toLowerCase() === name.toLowerCase())) {
    throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
  }
  if (all.length >= call.world.quota("ec2.securityGroups")) {
    throw new AwsError("SecurityGroupLimitExceeded", "The maximum number of security groups has been reached.");
  }
  const row = addGroup(call, { vpcId, name, description, tags });
  return { GroupId: row.GroupId, SecurityGroupArn: row.SecurityGroupArn, Tags: tags };
}

function defaultVpc(call: Call): string {
  const vpc = vpcs(call)
    .all()
    .find((each) => each.IsDefault);
  if (!vpc) throw new AwsError("VPCIdNotSpecified", "No default VPC for this user.");
  return vpc.VpcId;
}

interface NewGroup {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly tags: SecurityGroupRow["Tags"];
}

function addGroup(call: Call, { vpcId, name, description, tags }: NewGroup): SecurityGroupRow {
  const id = call.world.id("sg");
  return securityGroups(call).put(id, {
    GroupId: id,
    GroupName: name,
    Description: description,
    OwnerId: call.account,
    SecurityGroupArn: arn(call, "ec2", `security-group/${id}`),
    VpcId: vpcId,
    rules: [
      {
        SecurityGroupRuleId: call.world.id("sgr"),
        GroupId: id,
        GroupOwnerId: call.account,
        IsEgress: true,
        IpProtocol: "-1",
        FromPort: -1,
        ToPort: -1,
        CidrIpv4: "0.0.0.0/0",
        Tags: [],
      },
    ],
    Tags: tags,
  });
}

/** VPC User Guide, "Default security groups": members may talk to each other. */
export function addDefaultGroup(call: Call, vpcId: string): SecurityGroupRow {
  const row = addGroup(call, { vpcId, name: "default", description: "default VPC security group", tags: [] });
  row.rules.push({
    SecurityGroupRuleId: call.world.id("sgr"),
    GroupId: row.GroupId,
    GroupOwnerId: call.account,
    IsEgress: false,
    IpProtocol: "-1",
    FromPort: -1,
    ToPort: -1,
    ReferencedGroupInfo: { GroupId: row.GroupId, UserId: call.account },
    Tags: [],
  });
  return row;
}

/** API_DeleteSecurityGroup: not while a resource uses it or another group's rule refers to it, and never the default one. */
export function deleteSecurityGroup(call: Call, input: DeleteSecurityGroupRequest): DeleteSecurityGroupResult {
  const row = existing(securityGroups(call), input.GroupId, nouns.securityGroup, "groupId");
  const id = row.GroupId;
  if (row.GroupName === "default") {
    throw new AwsError("CannotDelete", `the specified group: "${id}" name: "default" cannot be deleted by a user`);
  }
  const used = networkInterfaces(call)
    .all()
    .some((each) => each.Groups.some((group) => group.GroupId === id));
  const referred = securityGroups(call)
    .all()
    .some((each) => each.GroupId !== id && each.rules.some((rule) => rule.ReferencedGroupInfo?.GroupId === id));
  if (used || referred) throw dependency(`resource ${id} has a dependent object`);
  securityGroups(call).remove(id);
  return { Return: true, GroupId: id };
}

const shape = (row: SecurityGroupRow): SecurityGroup => {
  const { rules, ...group } = row;
  return {
    ...group,
    IpPermissions: permissionsOf(rules.filter((rule) => !rule.IsEgress)),
    IpPermissionsEgress: permissionsOf(rules.filter((rule) => rule.IsEgress)),
  };
};

const ruleFilters = (prefix: string, isEgress: boolean): Filters<SecurityGroupRow> => {
  const rules = (row: SecurityGroupRow) => row.rules.filter((rule) => rule.IsEgress === isEgress);
  return {
    [`${prefix}.cidr`]: (row) => rules(row).map((rule) => rule.CidrIpv4),
    [`${prefix}.ipv6-cidr`]: (row) => rules(row).map((rule) => rule.CidrIpv6),
    [`${prefix}.from-port`]: (row) => rules(row).map((rule) => rule.FromPort),
    [`${prefix}.to-port`]: (row) => rules(row).map((rule) => rule.ToPort),
    [`${prefix}.group-id`]: (row) => rules(row).map((rule) => rule.ReferencedGroupInfo?.GroupId),
    [`${prefix}.prefix-list-id`]: (row) => rules(row).map((rule) => rule.PrefixListId),
    [`${prefix}.protocol`]: (row) => rules(row).map((rule) => rule.IpProtocol),
    [`${prefix}.user-id`]: (row) => rules(row).map((rule) => rule.ReferencedGroupInfo?.UserId),
  };
};

/** API_DescribeSecurityGroups. */
const filters: Filters<SecurityGroupRow> = {
  description: (row) => row.Description,
  "group-id": (row) => row.GroupId,
  "group-name": (row) => row.GroupName,
  "owner-id": (row) => row.OwnerId,
  "vpc-id": (row) => row.VpcId,
  ...ruleFilters("ip-permission", false),
  ...ruleFilters("egress.ip-permission", true),
};

export function describeSecurityGroups(call: Call, input: DescribeSecurityGroupsRequest): DescribeSecurityGroupsResult {
  const asked = [...(input.Filters ?? [])];
  // GroupNames looks in the default VPC only: API_DescribeSecurityGroups.
  if (input.GroupNames?.length) {
    const vpcId = defaultVpc(call);
    for (const name of input.GroupNames) {
      const known = securityGroups(call)
        .shownAll()
        .some((each) => each.GroupName === name && each.VpcId === vpcId);
      if (!known) throw new AwsError("InvalidGroup.NotFound", `The security group '${name}' does not exist`);
    }
    asked.push({ Name: "group-name", Values: input.GroupNames }, { Name: "vpc-id", Values: [vpcId] });
  }
  const { rows, next } = select(
    call,
    { table: securityGroups(call), noun: nouns.securityGroup, id: (row) => row.GroupId, filters },
    { ids: input.GroupIds, filters: asked, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { SecurityGroups: rows.map(shape), NextToken: next };
}
