import { AddTagsToResourceCommand, ListTagsForResourceCommand } from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import type { Tags } from "../kind.ts";
import { fromTagList, toTagList } from "../tags.ts";

/** ARN of what ElastiCache knows by name (Service Authorization Reference, "Actions, resources … for Amazon ElastiCache"). */
export function cacheArn(aws: Aws, type: "replicationgroup" | "subnetgroup" | "parametergroup", name: string): string {
  return `arn:${aws.partition}:elasticache:${aws.region}:${aws.account}:${type}:${name}`;
}

/** ElastiCache answers for one resource a call, and refuses (InvalidReplicationGroupState) while a group is not available. */
export async function tagsOf(aws: Aws, arn: string): Promise<Tags> {
  return fromTagList((await aws.elasticache.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList);
}

export async function addTags(aws: Aws, arn: string, tags: Tags): Promise<void> {
  await aws.elasticache.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: toTagList(tags) }));
}
