import { ListTagsForResourceCommand } from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { type BatchedRead, batched } from "../../aws/batch.ts";
import type { Tags } from "../kind.ts";
import { fromTagList } from "../tags.ts";

/** ARN of what RDS knows by name: "db", "subgrp" or "pg" (RDS User Guide, "Amazon Resource Names in Amazon RDS"). */
export function rdsArn(aws: Aws, type: "db" | "subgrp" | "pg", name: string): string {
  return `arn:${aws.partition}:rds:${aws.region}:${aws.account}:${type}:${name}`;
}

export async function tagsOf(aws: Aws, arn: string): Promise<Tags> {
  return fromTagList((await aws.rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))).TagList);
}

interface Page<Group> {
  readonly groups: readonly Group[] | undefined;
  readonly Marker?: string | undefined;
}

/**
 * Groups of RDS are described one by name or all at once; several are read by listing all, since an account has 50 or
 * so (RDS User Guide, "Quotas in Amazon RDS"). RDS keeps the names in lower case.
 */
export function groupsByName<Group>(
  nameOf: (group: Group) => string | undefined,
  page: (aws: Aws, query: { name: string } | { Marker: string | undefined; MaxRecords: 100 }) => Promise<Page<Group>>,
): (aws: Aws, name: string) => Promise<Group | undefined> {
  const read: BatchedRead<Group>["read"] = async (aws, names) => {
    const found = new Map<string, Group>();
    const add = (groups: readonly Group[] = []) => {
      for (const group of groups) found.set(nameOf(group)?.toLowerCase() ?? "", group);
    };
    const [name, ...others] = names;
    if (name !== undefined && others.length === 0) add((await page(aws, { name })).groups);
    else {
      let Marker: string | undefined;
      do {
        const next: Page<Group> = await page(aws, { Marker, MaxRecords: 100 });
        add(next.groups);
        Marker = next.Marker;
      } while (Marker);
    }
    return found;
  };
  const describe = batched({ max: Number.POSITIVE_INFINITY, read });
  return (aws, name) => describe(aws, name.toLowerCase());
}
