import { metaOf } from "../apply/create.ts";
import { observe } from "./observe.ts";
import type { Pass } from "./pass.ts";

/**
 * An object that is deleted although its status was lost (a restore of the cluster) still owns what its tags and names
 * say. Searches for everything that the spec would have made, and takes it into the inventory.
 */
export async function recoverInventory(pass: Pass): Promise<void> {
  const found = await observe(pass);
  for (const node of pass.graph.nodes) {
    const observation = found.get(node.id);
    if (observation?.state === "live") pass.inventory.record(node.id, node.type, observation.id, metaOf(node));
    if (observation?.state === "unread") throw observation.error;
  }
  await pass.inventory.save();
}
