import type { Tag, TagSpecification } from "@aws-sdk/client-ec2";
import type { Call } from "../operation.ts";
import { arn } from "../services/common/arn.ts";
import { fromTags, type TagMap } from "../services/common/tags.ts";
import * as rows from "../services/ec2/rows.ts";
import type { Table } from "../world.ts";
import { type Input, type Need, texts } from "./resource.ts";

type Tagged = { Tags: Tag[] };
type Source = (call: Call) => Table<Tagged>;

/** Resource types in IAM by the prefix of their ids: Service Authorization Reference, "Amazon EC2". */
const TYPES: Readonly<Record<string, readonly [type: string, rows: Source | undefined]>> = {
  vpc: ["vpc", rows.vpcs],
  subnet: ["subnet", rows.subnets],
  igw: ["internet-gateway", rows.internetGateways],
  eipalloc: ["elastic-ip", rows.addresses],
  nat: ["natgateway", rows.natGateways],
  rtb: ["route-table", rows.routeTables],
  sg: ["security-group", rows.securityGroups],
  vpce: ["vpc-endpoint", rows.vpcEndpoints],
  eni: ["network-interface", rows.networkInterfaces],
  acl: ["network-acl", rows.networkAcls],
  sgr: ["security-group-rule", undefined],
};

/** What an action makes. */
const MADE: Readonly<Record<string, string>> = {
  AllocateAddress: "elastic-ip",
  AuthorizeSecurityGroupEgress: "security-group-rule",
  AuthorizeSecurityGroupIngress: "security-group-rule",
  CreateInternetGateway: "internet-gateway",
  CreateNatGateway: "natgateway",
  CreateNetworkInterface: "network-interface",
  CreateRouteTable: "route-table",
  CreateSecurityGroup: "security-group",
  CreateSubnet: "subnet",
  CreateVpc: "vpc",
  CreateVpcEndpoint: "vpc-endpoint",
};

/** Actions of which only one member names a resource that IAM checks: a route's target is none, nor a rule. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  CreateRoute: ["RouteTableId"],
  DeleteRoute: ["RouteTableId"],
  ReplaceRoute: ["RouteTableId"],
  RevokeSecurityGroupEgress: ["GroupId"],
  RevokeSecurityGroupIngress: ["GroupId"],
  UpdateSecurityGroupRuleDescriptionsEgress: ["GroupId"],
  UpdateSecurityGroupRuleDescriptionsIngress: ["GroupId"],
};

/** Associations have no ARN: what they connect is checked. */
function ofAssociation(call: Call, id: string): readonly string[] {
  for (const table of rows.routeTables(call).all()) {
    const found = table.Associations.find((one) => one.RouteTableAssociationId === id);
    if (found) return [table.RouteTableId, ...texts(found.SubnetId)];
  }
  return [];
}

/** What an EC2 action needs: each resource that it names, what it makes, and CreateTags for tags on creation. */
export function ec2Needs(call: Call, action: string, input: Input): readonly Need[] {
  const name = `ec2:${action}`;
  if (/^(Describe|Get)/.test(action)) return [{ action: name, resource: "*" }];
  const members = ONLY[action] ?? Object.keys(input);
  const ids = members
    .flatMap((member) => texts(input[member]))
    .flatMap((id) => (id.startsWith("rtbassoc-") ? ofAssociation(call, id) : [id]));
  const tagged = action === "CreateTags" ? fromTags((input.Tags ?? []) as Tag[]) : undefined;
  const needs: Need[] = ids.flatMap((id) => {
    const [type, source] = TYPES[id.split("-")[0] ?? ""] ?? [];
    if (type === undefined || !id.includes("-")) return [];
    const tags = source && tagsOf(source(call), id);
    const missing = source !== undefined && tags === undefined;
    return [{ action: name, resource: arn(call, "ec2", `${type}/${id}`), missing, tags, requestTags: tagged }];
  });
  const made = MADE[action];
  if (made !== undefined) needs.push(...making(call, name, made, input));
  return needs;
}

function tagsOf(table: Table<Tagged>, id: string): TagMap | undefined {
  const row = table.get(id);
  return row && fromTags(row.Tags);
}

function making(call: Call, action: string, type: string, input: Input): readonly Need[] {
  const given = ((input.TagSpecifications ?? []) as TagSpecification[]).find((one) => one.ResourceType === type);
  const tags = given && fromTags(given.Tags);
  const resource = arn(call, "ec2", `${type}/*`);
  const made: Need = { action, resource, requestTags: tags };
  const [, plain = ""] = action.split(":");
  return tags
    ? [made, { action: "ec2:CreateTags", resource, requestTags: tags, context: { "ec2:CreateAction": plain } }]
    : [made];
}
