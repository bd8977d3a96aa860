import { fromText, malformed } from "./scalar.ts";
import type { Shape } from "./shape.ts";

/** The parameters of a query, split at their dots: Filter.1.Value.2=x is Filter → 1 → Value → 2, whose text is x. */
export interface Tree {
  text?: string;
  readonly children: Map<string, Tree>;
}

export function treeOf(parameters: URLSearchParams): Tree {
  const root: Tree = { children: new Map() };
  for (const [key, value] of parameters) {
    let at = root;
    for (const part of key.split(".")) {
      const next = at.children.get(part) ?? { children: new Map() };
      at.children.set(part, next);
      at = next;
    }
    at.text = value;
  }
  return root;
}

/** ec2Query: names of its own, and every list is flat. */
export type QueryDialect = "awsQuery" | "ec2Query";

export function readQuery(shape: Shape, tree: Tree, dialect: QueryDialect, flat = dialect === "ec2Query"): unknown {
  const ec2 = dialect === "ec2Query";
  switch (shape.kind) {
    case "structure": {
      const read: Record<string, unknown> = {};
      for (const member of shape.members) {
        const child = tree.children.get(ec2 ? member.ec2Name : member.xmlName);
        if (child) read[member.name] = readQuery(member.shape, child, dialect, ec2 || member.flat);
      }
      return read;
    }
    case "list":
      return numbered(flat ? tree : tree.children.get(shape.itemName)).map((item) =>
        readQuery(shape.item, item, dialect),
      );
    case "map":
      return Object.fromEntries(
        numbered(flat ? tree : tree.children.get("entry")).map((entry) => {
          const key = entry.children.get(shape.keyName)?.text;
          if (key === undefined) throw malformed("A map entry has no key");
          return [key, readQuery(shape.value, entry.children.get(shape.valueName) ?? emptyText(), dialect)];
        }),
      );
    default:
      if (tree.text === undefined) throw malformed("Unexpected structure or list where a value was expected");
      return fromText(shape, tree.text);
  }
}

const emptyText = (): Tree => ({ text: "", children: new Map() });

/** The children 1, 2, 3 … in their order; whatever else stands there is ignored, as AWS does. */
function numbered(tree: Tree | undefined): readonly Tree[] {
  if (!tree) return [];
  return [...tree.children]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}
