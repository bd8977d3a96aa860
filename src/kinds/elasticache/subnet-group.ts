import {
  type CacheSubnetGroup,
  CreateCacheSubnetGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DescribeCacheSubnetGroupsCommand,
  ModifyCacheSubnetGroupCommand,
} from "@aws-sdk/client-elasticache";
import { describedByName } from "../by-name.ts";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { addTags, cacheArn, tagsOf } from "./shared.ts";

export interface CacheSubnetGroupProps {
  readonly description: string;
  /** Of one VPC. One in use by a node cannot leave. */
  readonly subnetIds: readonly string[];
}

export interface CacheSubnetGroupOutputs {
  readonly name: string;
}

const describe = describedByName<CacheSubnetGroup>(
  (group) => group.CacheSubnetGroupName,
  async (aws, query) => {
    const input = "name" in query ? { CacheSubnetGroupName: query.name } : query;
    const { CacheSubnetGroups, Marker } = await aws.elasticache.send(new DescribeCacheSubnetGroupsCommand(input));
    return { items: CacheSubnetGroups, Marker };
  },
);

/** Its id is its name, in lower case. */
export const cacheSubnetGroup: Kind<CacheSubnetGroupProps, CacheSubnetGroupOutputs> = {
  type: "AWS::ElastiCache::SubnetGroup",
  identity: "naturalKey",
  createOnly: [],
  same: { subnetIds: asSet("subnetIds") },
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const id = name.toLowerCase();
    const found = await describe(aws, id);
    return found ? [{ id, tags: await tagsOf(aws, cacheArn(aws, "subnetgroup", id)) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    return (
      found && {
        phase: "ready",
        live: {
          description: found.CacheSubnetGroupDescription ?? "",
          subnetIds: (found.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier ?? "").sort(),
        },
        outputs: { name: id },
      }
    );
  },

  async create(aws, { name, tags, props }) {
    await aws.elasticache.send(
      new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: name,
        CacheSubnetGroupDescription: props.description,
        SubnetIds: [...props.subnetIds],
        Tags: toTagList(tags),
      }),
    );
    return name.toLowerCase();
  },

  async update(aws, id, { props }) {
    await aws.elasticache.send(
      new ModifyCacheSubnetGroupCommand({
        CacheSubnetGroupName: id,
        CacheSubnetGroupDescription: props.description,
        SubnetIds: [...props.subnetIds],
      }),
    );
  },

  async delete(aws, id) {
    await aws.elasticache.send(new DeleteCacheSubnetGroupCommand({ CacheSubnetGroupName: id }));
  },

  async tag(aws, id, tags) {
    await addTags(aws, cacheArn(aws, "subnetgroup", id), tags);
  },
};
