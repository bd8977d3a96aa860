import { CreateTagsCommand, type Filter, type ResourceType, type TagSpecification } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { tagKeys } from "../../aws/tags.ts";
import type { Tags } from "../kind.ts";
import { toTagList } from "../tags.ts";

/** Values of one filter in one call (EC2 user guide, "Filter your resources": 50 filters, 200 values). */
const MOST_FILTER_VALUES = 200;

export const filter = (Name: string, ...Values: readonly string[]): Filter => ({ Name, Values: [...Values] });

/**
 * A batched read of one resource type by id. It asks through a filter: an unknown id is then absent from the answer,
 * where the id parameter of the same call would refuse the call for all of them.
 */
export function byId<Item>(
  idFilter: string,
  idOf: (item: Item) => string | undefined,
  describe: (aws: Aws, filters: Filter[]) => Promise<readonly Item[]>,
): (aws: Aws, id: string) => Promise<Item | undefined> {
  return batched({
    max: MOST_FILTER_VALUES,
    read: async (aws, ids) => {
      const items = await describe(aws, [filter(idFilter, ...ids)]);
      return new Map(items.map((item) => [idOf(item) ?? "", item]));
    },
  });
}

/** What carries the owner tags of a node: the cluster, the AgentOrchestrator and the node, whatever its incarnation. */
export function ownerFilters(tags: Tags): Filter[] {
  return [tagKeys.cluster, tagKeys.owner, tagKeys.node].map((key) => filter(`tag:${key}`, tags[key] ?? ""));
}

/** Tags for the create call itself: a resource is never ours without saying so. */
export function tagSpecifications(type: ResourceType, tags: Tags): TagSpecification[] {
  return [{ ResourceType: type, Tags: toTagList(tags) }];
}

/** Adds or overwrites tags of any EC2 resource. */
export async function tagResource(aws: Aws, id: string, tags: Tags): Promise<void> {
  await aws.ec2.send(new CreateTagsCommand({ Resources: [id], Tags: toTagList(tags) }));
}
