import { adoptFound } from "../apply/apply-node.ts";
import { tagKeys } from "../aws/tags.ts";
import { observe } from "./observe.ts";
import type { Pass } from "./pass.ts";

/**
 * An object whose status was lost (a restore of the cluster) still owns what its tags and names say. Searches for
 * everything that its spec asks for, and takes it into the inventory, before anything is made or deleted.
 *
 * @throws the first error of a read: half an inventory would be taken for the whole one.
 */
export async function recoverInventory(pass: Pass): Promise<void> {
  const found = await observe(pass);
  for (const observation of found.values()) if (observation.state === "unread") throw observation.error;
  for (const node of pass.graph.nodes) {
    const observation = found.get(node.id);
    if (observation?.state !== "live") continue;
    const { tags } = observation.observed;
    // What the spec names for adoption and carries no tag of ours was not taken over before.
    if (node.adopt && tags && tags[tagKeys.owner] !== pass.owner.owner) continue;
    await adoptFound(pass, node, observation);
  }
  await pass.inventory.save();
}
