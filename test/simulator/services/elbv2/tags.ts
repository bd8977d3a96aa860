import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  RemoveTagsInput,
  Tag,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { fromTags, type TagMap, toTags, without } from "../common/tags.ts";
import { noListeners, noLoadBalancers, noRules, noTargetGroups, validation } from "./refusals.ts";
import { listeners, loadBalancers, rules, targetGroups } from "./rows.ts";

/** API_AddTags: 50 tags a resource, keys at most once, `aws:` reserved. */
export function checkedTags(tags: readonly Tag[] = []): TagMap {
  const keys = tags.map((tag) => tag.Key ?? "");
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    throw new AwsError("DuplicateTagKeys", `Tag keys must be unique. Tag key '${twice}' is specified more than once`);
  }
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw validation("The 'aws:' prefix is reserved for tag keys");
  }
  if (keys.length > 50) throw tooMany();
  return fromTags(tags);
}

const tooMany = (): AwsError => new AwsError("TooManyTags", "The maximum number of tags on a resource is '50'");

interface Tagged {
  tags: TagMap;
}

/** The table an ARN of Elastic Load Balancing belongs to. */
function tableOf(call: Call, arn: string): { table: Table<Tagged>; missing: () => AwsError } {
  const resource = arn.split(":").slice(5).join(":");
  if (resource.startsWith("loadbalancer/")) {
    return { table: loadBalancers(call) as unknown as Table<Tagged>, missing: noLoadBalancers };
  }
  if (resource.startsWith("targetgroup/")) {
    return { table: targetGroups(call) as unknown as Table<Tagged>, missing: noTargetGroups };
  }
  if (resource.startsWith("listener-rule/")) {
    return { table: rules(call) as unknown as Table<Tagged>, missing: noRules };
  }
  if (resource.startsWith("listener/")) {
    return { table: listeners(call) as unknown as Table<Tagged>, missing: noListeners };
  }
  throw validation(`'${arn}' is not a valid load balancer ARN`);
}

/** "You can specify up to 20 resources in a single call": API_DescribeTags, API_AddTags, API_RemoveTags. */
function checkBatch(arns: readonly string[] = []): readonly string[] {
  if (arns.length === 0) throw validation("Resource ARNs must be specified");
  if (arns.length > 20) throw validation("The number of resource ARNs cannot exceed '20'");
  return arns;
}

export function addTags(call: Call, input: AddTagsInput): object {
  const added = checkedTags(input.Tags);
  const changes = checkBatch(input.ResourceArns).map((arn) => {
    const { table, missing } = tableOf(call, arn);
    const row = table.get(arn);
    if (!row) throw missing();
    const tags = { ...row.tags, ...added };
    if (Object.keys(tags).length > 50) throw tooMany();
    return { table, arn, tags };
  });
  for (const { table, arn, tags } of changes) {
    table.change(arn, (row) => {
      row.tags = tags;
    });
  }
  return {};
}

export function removeTags(call: Call, input: RemoveTagsInput): object {
  const changes = checkBatch(input.ResourceArns).map((arn) => {
    const { table, missing } = tableOf(call, arn);
    if (!table.get(arn)) throw missing();
    return { table, arn };
  });
  for (const { table, arn } of changes) {
    table.change(arn, (row) => {
      row.tags = without(row.tags, input.TagKeys);
    });
  }
  return {};
}

/** One unknown resource refuses the whole call. */
export function describeTags(call: Call, input: DescribeTagsInput): DescribeTagsOutput {
  return {
    TagDescriptions: checkBatch(input.ResourceArns).map((arn) => {
      const { table, missing } = tableOf(call, arn);
      const row = table.shown(arn);
      if (!row) throw missing();
      return { ResourceArn: arn, Tags: toTags(row.tags) };
    }),
  };
}
