import type { AnyKind, ResourceType } from "./kind.ts";

/** Every kind, by its CloudFormation type. A new kind is one file and one line here; the conformance suite runs over it. */
export const kinds = {} as const satisfies Readonly<Record<ResourceType, AnyKind>>;

export type Kinds = typeof kinds;
export type KindName = keyof Kinds & ResourceType;

/** @throws when the type is not in the registry: an inventory that a newer version of the operator wrote. */
export function kindOf(type: string): AnyKind {
  const kind = (kinds as Readonly<Record<string, AnyKind>>)[type];
  if (!kind) throw new Error(`${type} is not a kind of this operator version; run the version that created it`);
  return kind;
}
