import { TagResourceCommand } from "@aws-sdk/client-efs";
import type { Aws } from "../../aws/aws.ts";
import { tagKeys } from "../../aws/tags.ts";
import type { Found, Tags } from "../kind.ts";
import { fromTagList, type Tag, toTagList } from "../tags.ts";

/** Keys that share one listing of the account: EFS describes one by id, or all. */
export const MOST_AT_ONCE = 1000;

export async function tagResource(aws: Aws, id: string, tags: Tags): Promise<void> {
  await aws.efs.send(new TagResourceCommand({ ResourceId: id, Tags: toTagList(tags) }));
}

/** Those that carry the owner tags of a node: EFS has no filters. */
export function ofOwner<Item extends { readonly Tags?: readonly Tag[] | undefined }>(
  items: readonly Item[],
  idOf: (item: Item) => string | undefined,
  tags: Tags,
): Found[] {
  const keys = [tagKeys.cluster, tagKeys.owner, tagKeys.node];
  return items.flatMap((item) => {
    const id = idOf(item);
    const found = fromTagList(item.Tags);
    return id && keys.every((key) => found[key] === tags[key]) ? [{ id, tags: found }] : [];
  });
}
