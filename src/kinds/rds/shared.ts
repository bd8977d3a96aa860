import { AddTagsToResourceCommand, ListTagsForResourceCommand } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import type { Tags } from "../kind.ts";
import { fromTagList, toTagList } from "../tags.ts";

/** ARN of what RDS knows by name: "db", "subgrp" or "pg" (RDS User Guide, "Amazon Resource Names in Amazon RDS"). */
export function rdsArn(aws: Aws, type: "db" | "subgrp" | "pg", name: string): string {
  return `arn:${aws.partition}:rds:${aws.region}:${aws.account}:${type}:${name}`;
}

export async function tagsOf(aws: Aws, arn: string): Promise<Tags> {
  return fromTagList((await aws.rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList);
}

export async function addTags(aws: Aws, arn: string, tags: Tags): Promise<void> {
  await aws.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: toTagList(tags) }));
}
