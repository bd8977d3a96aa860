import type {
  AddTagsToResourceMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
} from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { fromTags, type TagMap, toTags, without } from "../common/tags.ts";
import { parameterGroupNotFound } from "./parameter-groups.ts";
import * as rows from "./rows.ts";
import { subnetGroupNotFound } from "./subnet-groups.ts";

interface Tagged {
  readonly status?: string;
  tags: TagMap;
}

/** arn:aws:elasticache:region:account:type:name */
function byArn(call: Call, resource: string | undefined): { table: Table<Tagged>; id: string; missing: AwsError } {
  const [, , service, , , type, id = ""] = (resource ?? "").split(":");
  if (service === "elasticache") {
    switch (type) {
      case "replicationgroup":
        return { table: rows.groups(call), id, missing: rows.groupNotFound(id) };
      case "subnetgroup":
        return { table: rows.subnetGroups(call), id, missing: subnetGroupNotFound(id) };
      case "parametergroup":
        return { table: rows.parameterGroups(call), id, missing: parameterGroupNotFound(id) };
      case "snapshot":
        return {
          table: rows.snapshots(call),
          id,
          missing: new AwsError("SnapshotNotFoundFault", `Snapshot ${id} not found.`, 404),
        };
    }
  }
  throw new AwsError("InvalidARNFault", `The specified ARN is not valid: ${resource}`);
}

/** As ElastiCache refuses it while a group is created or changed. */
function found(
  call: Call,
  resource: string | undefined,
  read: boolean,
): { table: Table<Tagged>; id: string; row: Tagged } {
  const { table, id, missing } = byArn(call, resource);
  const row = read ? table.shown(id) : table.get(id);
  if (!row) throw missing;
  const { status } = table.get(id) ?? row;
  if (resource?.includes(":replicationgroup:") && status !== "available") {
    throw rows.badState("Cluster not in available state to perform tagging operations.");
  }
  return { table, id, row };
}

/** API_AddTagsToResource: 50 tags at most. */
export function addTagsToResource(call: Call, input: AddTagsToResourceMessage): object {
  const { table, id, row } = found(call, input.ResourceName, false);
  const tags = { ...row.tags, ...fromTags(input.Tags) };
  if (Object.keys(tags).length > 50) {
    throw new AwsError("TagQuotaPerResourceExceeded", "A resource can have no more than 50 tags.");
  }
  table.change(id, (changed) => {
    changed.tags = tags;
  });
  return { TagList: toTags(tags) };
}

/** API_RemoveTagsFromResource. */
export function removeTagsFromResource(call: Call, input: RemoveTagsFromResourceMessage): object {
  const { table, id, row } = found(call, input.ResourceName, false);
  const absent = (input.TagKeys ?? []).find((key) => !(key in row.tags));
  if (absent !== undefined) throw new AwsError("TagNotFoundFault", `Tag ${absent} not found.`, 404);
  table.change(id, (changed) => {
    changed.tags = without(changed.tags, input.TagKeys);
  });
  return { TagList: toTags(without(row.tags, input.TagKeys)) };
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceMessage): object {
  return { TagList: toTags(found(call, input.ResourceName, true).row.tags) };
}
