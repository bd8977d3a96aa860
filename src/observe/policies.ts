import { effectiveSpec } from "../api/effective.ts";
import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import { validate } from "../api/validate.ts";
import type { InventoryEntry } from "../apply/inventory.ts";
import { policyOf } from "../graph/policy.ts";
import type { KubeObject } from "../kube/object-store.ts";

/**
 * The inventory of an object that is deleted, with the deletion policies of its spec as it is now: it may have been edited
 * after the last pass. What left the spec earlier keeps the policy that it left with, as does all of a spec that this
 * version cannot read.
 */
export function withPoliciesOf(
  object: KubeObject<Spec, Status>,
  entries: readonly InventoryEntry[],
): readonly InventoryEntry[] {
  const valid = validate(object);
  if (!valid.ok) return entries;
  const recorded = object.status?.effectiveDefaults;
  const { policies } = effectiveSpec(valid.spec, recorded?.zones ?? [], recorded).spec;
  return entries.map((entry) => {
    if (entry.retained || entry.policy === undefined) return entry;
    return { ...entry, policy: policyOf(entry.type, policies) ?? entry.policy };
  });
}
