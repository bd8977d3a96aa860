/**
 * All items of all pages of a list.
 *
 * @example
 * const vpcs = await collect(paginateDescribeVpcs({ client: aws.ec2 }, { Filters }), (page) => page.Vpcs);
 */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}
