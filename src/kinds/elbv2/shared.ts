import {
  AddTagsCommand,
  DescribeTagsCommand,
  type Listener,
  type LoadBalancer,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeRules,
  paginateDescribeTargetGroups,
  type Rule,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { collect } from "../../aws/pages.ts";
import type { Found, Tags } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";

/** ARNs in one call (Elastic Load Balancing API reference, DescribeLoadBalancers and DescribeTags). */
const max = 20;

export const readLoadBalancer = batched<LoadBalancer>({
  max,
  async read(aws, arns) {
    const pages = paginateDescribeLoadBalancers({ client: aws.elb }, { LoadBalancerArns: [...arns] });
    return byArn(await collect(pages, (page) => page.LoadBalancers), (it) => it.LoadBalancerArn);
  },
});

export const readTargetGroup = batched<TargetGroup>({
  max,
  async read(aws, arns) {
    const pages = paginateDescribeTargetGroups({ client: aws.elb }, { TargetGroupArns: [...arns] });
    return byArn(await collect(pages, (page) => page.TargetGroups), (it) => it.TargetGroupArn);
  },
});

export const readListener = batched<Listener>({
  max,
  async read(aws, arns) {
    const pages = paginateDescribeListeners({ client: aws.elb }, { ListenerArns: [...arns] });
    return byArn(await collect(pages, (page) => page.Listeners), (it) => it.ListenerArn);
  },
});

export const readRule = batched<Rule>({
  max,
  async read(aws, arns) {
    const pages = paginateDescribeRules({ client: aws.elb }, { RuleArns: [...arns] });
    return byArn(await collect(pages, (page) => page.Rules), (it) => it.RuleArn);
  },
});

/** Tags of any of the four: their describe calls bring none. Undefined: it does not exist. */
export const readTags = batched<Tags>({
  max,
  async read(aws, arns) {
    const { TagDescriptions = [] } = await aws.elb.send(new DescribeTagsCommand({ ResourceArns: [...arns] }));
    return new Map(TagDescriptions.map((it) => [it.ResourceArn ?? "", fromTagList(it.Tags)]));
  },
});

export async function tagResource(aws: Aws, arn: string, tags: Tags): Promise<void> {
  await aws.elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: toTagList(tags) }));
}

/** Resources with their tags, as find answers. One that vanished between the two reads is left out. */
export async function withTags(aws: Aws, arns: readonly (string | undefined)[]): Promise<Found[]> {
  const found = await Promise.all(
    arns.map(async (id) => {
      const tags = id && (await readTags(aws, id));
      return id && tags ? [{ id, tags }] : [];
    }),
  );
  return found.flat();
}

/** A list by name or parent, empty when AWS says that there is none of that name, or that the parent is gone. */
export async function listed<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  return (await unlessNotFound(collect(pages, items))) ?? [];
}

interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export const toAttributes = (attributes: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

export const fromAttributes = (attributes: readonly Attribute[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ Key = "", Value = "" }) => [Key, Value]));

function byArn<Item>(items: readonly Item[], arnOf: (item: Item) => string | undefined): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [arnOf(item) ?? "", item]));
}
