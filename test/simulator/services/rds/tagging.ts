import type {
  AddTagsToResourceMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
} from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { fromTags, type TagMap, toTags, without } from "../common/tags.ts";
import { parameterGroupNotFound } from "./parameter-groups.ts";
import * as rows from "./rows.ts";
import { subnetGroupNotFound } from "./subnet-groups.ts";

interface Tagged {
  tags: TagMap;
}

/** arn:aws:rds:region:account:type:name (RDS User Guide, "Constructing an ARN for Amazon RDS"). */
function byArn(call: Call, resource: string | undefined): { table: Table<Tagged>; id: string; missing: AwsError } {
  const [, , service, , , type, id = ""] = (resource ?? "").split(":");
  if (service === "rds") {
    switch (type) {
      case "db":
        return { table: rows.dbInstances(call), id, missing: rows.instanceNotFound(id) };
      case "subgrp":
        return { table: rows.subnetGroups(call), id, missing: subnetGroupNotFound(id) };
      case "pg":
        return { table: rows.parameterGroups(call), id, missing: parameterGroupNotFound(id) };
      case "snapshot":
        return {
          table: rows.snapshots(call),
          id,
          missing: new AwsError("DBSnapshotNotFoundFault", `DBSnapshot ${id} not found.`, 404),
        };
    }
  }
  throw rows.badValue(`The specified resource name does not match an RDS resource in this region: ${resource}`);
}

/** API_AddTagsToResource: 50 tags at most. */
export function addTagsToResource(call: Call, input: AddTagsToResourceMessage): undefined {
  const { table, id, missing } = byArn(call, input.ResourceName);
  const row = table.get(id);
  if (!row) throw missing;
  const tags = { ...row.tags, ...fromTags(input.Tags) };
  if (Object.keys(tags).length > 50) throw rows.badValue("A resource can have no more than 50 tags.");
  table.change(id, (changed) => {
    changed.tags = tags;
  });
}

/** API_RemoveTagsFromResource. */
export function removeTagsFromResource(call: Call, input: RemoveTagsFromResourceMessage): undefined {
  const { table, id, missing } = byArn(call, input.ResourceName);
  if (!table.get(id)) throw missing;
  table.change(id, (changed) => {
    changed.tags = without(changed.tags, input.TagKeys);
  });
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceMessage): object {
  const { table, id, missing } = byArn(call, input.ResourceName);
  const row = table.shown(id);
  if (!row) throw missing;
  return { TagList: toTags(row.tags) };
}
