import type { ListTagsForResourceRequest, Tag, TagResourceRequest, UntagResourceRequest } from "@aws-sdk/client-efs";
import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { page } from "../common/page.ts";
import { fromTags, type TagMap, toTags, without } from "../common/tags.ts";
import { badRequest, idOf, noAccessPoint, noFileSystem } from "./refusals.ts";
import { accessPoints, fileSystems } from "./rows.ts";

/** API_TagResource: 50 tags, `aws:` reserved. */
export function checkedTags(tags: readonly Tag[] = []): TagMap {
  if (tags.some((tag) => tag.Key?.startsWith("aws:"))) throw badRequest("Tag keys cannot begin with 'aws:'.");
  if (tags.length > 50) throw badRequest("A resource can have at most 50 tags.");
  return fromTags(tags);
}

interface Tagged {
  tags: TagMap;
}

function tagged(call: Call, given: string | undefined): { table: Table<Tagged>; id: string; row: Tagged } {
  const id = idOf(given);
  const isPoint = id.startsWith("fsap-");
  const table = (isPoint ? accessPoints(call) : fileSystems(call)) as unknown as Table<Tagged>;
  const row = table.get(id);
  if (!row) throw isPoint ? noAccessPoint(id) : noFileSystem(id);
  return { table, id, row };
}

export function tagResource(call: Call, input: TagResourceRequest): undefined {
  const { table, id, row } = tagged(call, input.ResourceId);
  const tags = { ...row.tags, ...checkedTags(input.Tags) };
  if (Object.keys(tags).length > 50) throw badRequest("A resource can have at most 50 tags.");
  table.change(id, (each) => {
    each.tags = tags;
  });
}

export function untagResource(call: Call, input: UntagResourceRequest): undefined {
  const { table, id } = tagged(call, input.ResourceId);
  table.change(id, (each) => {
    each.tags = without(each.tags, input.TagKeys);
  });
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceRequest): object {
  const { table, id, row } = tagged(call, input.ResourceId);
  const { items, next } = page(
    toTags((table.shown(id) ?? row).tags),
    (tag) => tag.Key,
    input.NextToken,
    input.MaxResults ?? call.world.quota("efs.page"),
    () => badRequest("invalid token"),
  );
  return { Tags: items, NextToken: next };
}
