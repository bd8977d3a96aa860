import type { Aws } from "../aws/aws.ts";
import { type BatchedRead, batched } from "../aws/batch.ts";

interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly Marker?: string | undefined;
}

/**
 * Reads what AWS describes either one by name or all at once, with Marker and 100 a page, as RDS and ElastiCache do. Several
 * are read by listing all: an account has some dozens. Names are kept in lower case.
 */
export function describedByName<Item>(
  nameOf: (item: Item) => string | undefined,
  page: (aws: Aws, query: { name: string } | { Marker: string | undefined; MaxRecords: 100 }) => Promise<Page<Item>>,
): (aws: Aws, name: string) => Promise<Item | undefined> {
  const read: BatchedRead<Item>["read"] = async (aws, names) => {
    const found = new Map<string, Item>();
    const add = (items: readonly Item[] = []) => {
      for (const item of items) found.set(nameOf(item)?.toLowerCase() ?? "", item);
    };
    const [name, ...others] = names;
    if (name !== undefined && others.length === 0) add((await page(aws, { name })).items);
    else {
      let Marker: string | undefined;
      do {
        const next: Page<Item> = await page(aws, { Marker, MaxRecords: 100 });
        add(next.items);
        Marker = next.Marker;
      } while (Marker);
    }
    return found;
  };
  const describe = batched({ max: Number.POSITIVE_INFINITY, read });
  return (aws, name) => describe(aws, name.toLowerCase());
}
