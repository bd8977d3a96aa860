import {
  type CacheParameterGroup,
  CreateCacheParameterGroupCommand,
  DeleteCacheParameterGroupCommand,
  DescribeCacheParameterGroupsCommand,
  ModifyCacheParameterGroupCommand,
  paginateDescribeCacheParameters,
} from "@aws-sdk/client-elasticache";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import { afterCreate } from "../after-create.ts";
import { describedByName } from "../by-name.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { toTagList } from "../tags.ts";
import { addTags, cacheArn, tagsOf } from "./shared.ts";

export interface CacheParameterGroupProps {
  /** "valkey8", "redis7" */
  readonly family: string;
  /** Only the ones named are compared and set; all others stay as they are. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CacheParameterGroupOutputs {
  readonly name: string;
}

const describe = describedByName<CacheParameterGroup>(
  (group) => group.CacheParameterGroupName,
  async (aws, query) => {
    const input = "name" in query ? { CacheParameterGroupName: query.name } : query;
    const { CacheParameterGroups, Marker } = await aws.elasticache.send(new DescribeCacheParameterGroupsCommand(input));
    return { items: CacheParameterGroups, Marker };
  },
);

/** Its id is its name, in lower case. */
export const cacheParameterGroup: Kind<CacheParameterGroupProps, CacheParameterGroupOutputs> = {
  type: "AWS::ElastiCache::ParameterGroup",
  identity: "naturalKey",
  createOnly: ["family"],
  partial: ["parameters"],
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const id = name.toLowerCase();
    const found = await describe(aws, id);
    return found ? [{ id, tags: await tagsOf(aws, cacheArn(aws, "parametergroup", id)) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    const parameters = found && (await unlessNotFound(parametersOf(aws, id)));
    if (!parameters) return undefined;
    const live = { family: found.CacheParameterGroupFamily ?? "", parameters };
    return { phase: "ready", live, outputs: { name: id } };
  },

  async create(aws, { name, tags, props }) {
    await aws.elasticache.send(
      new CreateCacheParameterGroupCommand({
        CacheParameterGroupName: name,
        CacheParameterGroupFamily: props.family,
        Description: `Parameters of ${name}`,
        Tags: toTagList(tags),
      }),
    );
    await afterCreate(() => putParameters(aws, name, props));
    return name.toLowerCase();
  },

  async update(aws, id, { props }) {
    await putParameters(aws, id, props);
  },

  async delete(aws, id) {
    await aws.elasticache.send(new DeleteCacheParameterGroupCommand({ CacheParameterGroupName: id }));
  },

  async tag(aws, id, tags) {
    await addTags(aws, cacheArn(aws, "parametergroup", id), tags);
  },
};

/** Those that differ from the family's defaults. */
async function parametersOf(aws: Aws, CacheParameterGroupName: string): Promise<Record<string, string>> {
  const pages = paginateDescribeCacheParameters(
    { client: aws.elasticache },
    { CacheParameterGroupName, Source: "user", MaxRecords: 100 },
  );
  const all = await collect(pages, (page) => page.Parameters);
  return Object.fromEntries(all.map(({ ParameterName = "", ParameterValue = "" }) => [ParameterName, ParameterValue]));
}

/** 20 a call (ElastiCache API reference, ModifyCacheParameterGroup). */
async function putParameters(aws: Aws, name: string, { parameters }: CacheParameterGroupProps): Promise<void> {
  const all = Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue }));
  for (let start = 0; start < all.length; start += 20) {
    const ParameterNameValues = all.slice(start, start + 20);
    await aws.elasticache.send(
      new ModifyCacheParameterGroupCommand({ CacheParameterGroupName: name, ParameterNameValues }),
    );
  }
}
