import type { Inventory } from "../apply/inventory.ts";
import type { Aws } from "../aws/aws.ts";
import type { Owner } from "../aws/tags.ts";
import type { Graph } from "../graph/graph.ts";
import type { AnyKind, Tags } from "../kinds/kind.ts";
import type { Memory } from "./memory.ts";

/** Everything that one pass over one object works with. */
export interface Pass {
  readonly aws: Aws;
  readonly owner: Owner;
  readonly graph: Graph;
  readonly inventory: Inventory;
  readonly memory: Memory;
  readonly kindOf: (type: string) => AnyKind;
  /** All tags that a node's resource carries. */
  readonly tagsOf: (node: string, name: string) => Tags;
  /** Milliseconds for which an earlier look at something ready is as good as a new one; 0 looks at everything. */
  readonly trustMs: number;
  /** Somebody asked for a pass now: what AWS gave up on is sent once more. */
  readonly tryAgain?: boolean | undefined;
  /** @throws when this process does not lead any more: asked right before every write to AWS, which has no fencing. */
  readonly assertLeading: () => void;
}
