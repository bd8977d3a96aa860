import type { ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest } from "@aws-sdk/client-ecs";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { fromLowerTags, type TagMap, toLowerTags, without } from "../common/tags.ts";
import * as rows from "./rows.ts";

interface Tagged {
  tags: TagMap;
}

/** arn:aws:ecs:region:account:type/… (ECS Developer Guide, "Amazon Resource Names (ARNs) and IDs"). */
function byArn(call: Call, given: string | undefined): { table: Table<Tagged>; id: string } {
  const arn = given ?? "";
  const type = arn.split(":")[5]?.split("/")[0];
  switch (type) {
    case "cluster":
      return { table: rows.clusters(call), id: rows.nameIn(arn) };
    case "service":
      return { table: rows.services(call), id: arn };
    case "task":
      return { table: rows.tasks(call), id: arn };
    case "task-definition":
      return { table: rows.taskDefinitions(call), id: arn };
    default:
      throw rows.invalid(`Invalid resource ARN: ${arn}`);
  }
}

function notFound(arn: string): AwsError {
  const type = arn.split(":")[5]?.split("/")[0];
  if (type === "cluster") return rows.clusterNotFound();
  return new AwsError(
    "InvalidParameterException",
    `The specified ${type} is inactive. Specify an active ${type} and try again.`,
  );
}

/** API_TagResource: active resources; 50 tags at most. */
export function tagResource(call: Call, input: TagResourceRequest): object {
  const { table, id } = byArn(call, input.resourceArn);
  const row = table.get(id);
  if (!row) throw notFound(input.resourceArn ?? "");
  const tags = { ...row.tags, ...fromLowerTags(input.tags) };
  if (Object.keys(tags).length > 50) throw rows.invalid("A resource can have no more than 50 tags.");
  table.change(id, (changed) => {
    changed.tags = tags;
  });
  return {};
}

/** API_UntagResource. */
export function untagResource(call: Call, input: UntagResourceRequest): object {
  const { table, id } = byArn(call, input.resourceArn);
  if (!table.get(id)) throw notFound(input.resourceArn ?? "");
  table.change(id, (changed) => {
    changed.tags = without(changed.tags, input.tagKeys);
  });
  return {};
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceRequest): object {
  const { table, id } = byArn(call, input.resourceArn);
  const row = table.shown(id);
  if (!row) throw notFound(input.resourceArn ?? "");
  return { tags: toLowerTags(row.tags) };
}
