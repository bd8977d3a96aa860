import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
  TagDescription,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { page } from "../common/page.ts";
import { invalidValue, type Noun, nouns, required } from "./refusals.ts";
import * as rows from "./rows.ts";
import { type Filters, matcher } from "./select.ts";
import { checkTags, withTags } from "./tags.ts";

interface Taggable {
  readonly type: ResourceType;
  readonly noun: Noun;
  readonly table: (call: Call) => Table<{ Tags: Tag[] }>;
}

const taggable: readonly Taggable[] = [
  { type: "vpc", noun: nouns.vpc, table: rows.vpcs },
  { type: "subnet", noun: nouns.subnet, table: rows.subnets },
  { type: "internet-gateway", noun: nouns.internetGateway, table: rows.internetGateways },
  { type: "elastic-ip", noun: nouns.address, table: rows.addresses },
  { type: "natgateway", noun: nouns.natGateway, table: rows.natGateways },
  { type: "route-table", noun: nouns.routeTable, table: rows.routeTables },
  { type: "security-group", noun: nouns.securityGroup, table: rows.securityGroups },
  { type: "vpc-endpoint", noun: nouns.vpcEndpoint, table: rows.vpcEndpoints },
  { type: "network-interface", noun: nouns.networkInterface, table: rows.networkInterfaces },
  { type: "network-acl", noun: nouns.networkAcl, table: rows.networkAcls },
] as unknown as readonly Taggable[];

/** Changes the tags of one resource, a security group rule included: its tags are kept in its group. */
function retag(call: Call, id: string, change: (tags: readonly Tag[]) => Tag[], apply: boolean): void {
  const kind = taggable.find((each) => id.startsWith(`${each.noun.prefix}-`));
  if (kind) {
    const row = kind.table(call).get(id);
    if (!row) throw kind.noun.notFound(id);
    const tags = change(row.Tags);
    if (!apply) return;
    kind.table(call).change(id, (each) => {
      each.Tags = tags;
    });
    return;
  }
  const group = rows
    .securityGroups(call)
    .all()
    .find((each) => each.rules.some((rule) => rule.SecurityGroupRuleId === id));
  const rule = group?.rules.find((each) => each.SecurityGroupRuleId === id);
  if (!group || !rule) {
    if (id.startsWith("sgr-")) throw nouns.rule.notFound(id);
    throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
  }
  const tags = change(rule.Tags ?? []);
  if (!apply) return;
  rows.securityGroups(call).change(group.GroupId, (row) => {
    for (const each of row.rules) if (each.SecurityGroupRuleId === id) each.Tags = tags;
  });
}

/** API_CreateTags: adds or overwrites, all resources or none; up to 1,000 resources. */
export function createTags(call: Call, input: CreateTagsRequest): undefined {
  const ids = required(input.Resources, "resourceIdSet");
  const tags = (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value }));
  if (tags.length === 0) throw new AwsError("MissingParameter", "The request must contain the parameter tag");
  checkTags(tags);
  if (ids.length > 1000) throw invalidValue("The maximum number of resources in one request is 1000.");
  for (const apply of [false, true]) for (const id of ids) retag(call, id, (old) => withTags(old, tags), apply);
}

/** API_DeleteTags: by key, or by key and value; without tags all user-defined ones. */
export function deleteTags(call: Call, input: DeleteTagsRequest): undefined {
  const ids = required(input.Resources, "resourceId");
  const named = input.Tags ?? [];
  const goes = (tag: Tag): boolean =>
    named.length === 0 ||
    named.some((each) => each.Key === tag.Key && (each.Value === undefined || each.Value === tag.Value));
  for (const apply of [false, true]) {
    for (const id of ids) retag(call, id, (old) => old.filter((tag) => !goes(tag)), apply);
  }
}

/** API_DescribeTags. */
const filters: Filters<TagDescription & { Tags?: undefined }> = {
  key: (tag) => tag.Key,
  value: (tag) => tag.Value,
  "resource-id": (tag) => tag.ResourceId,
  "resource-type": (tag) => tag.ResourceType,
};

export function describeTags(call: Call, input: DescribeTagsRequest): DescribeTagsResult {
  const all = taggable.flatMap(({ type, noun, table }) =>
    table(call)
      .shownAll()
      .flatMap((row) => {
        const id = Object.entries(row as object).find(
          ([, value]) => typeof value === "string" && value.startsWith(`${noun.prefix}-`),
        );
        return row.Tags.map((tag) => ({ ...tag, ResourceId: String(id?.[1]), ResourceType: type }));
      }),
  );
  const asked = input.Filters ?? [];
  const tagFilters = asked.filter((each) => each.Name?.startsWith("tag:"));
  const matches = matcher(
    asked.filter((each) => !tagFilters.includes(each)),
    filters,
  );
  const { items, next } = page(
    all.filter(
      (tag) =>
        matches(tag) &&
        tagFilters.every((each) => tag.Key === each.Name?.slice(4) && each.Values?.includes(tag.Value ?? "")),
    ),
    (tag) => `${tag.ResourceId} ${tag.Key}`,
    input.NextToken,
    input.MaxResults ?? call.world.quota("ec2.page"),
    () => invalidValue("Unable to parse pagination token"),
  );
  return { Tags: [...items], NextToken: next };
}
