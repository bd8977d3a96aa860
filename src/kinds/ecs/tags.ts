import type { Tag } from "@aws-sdk/client-ecs";
import type { Tags } from "../kind.ts";

/** ECS writes the members of a tag in lower case. */
export function toEcsTags(tags: Tags): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function fromEcsTags(list: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ key = "", value = "" }) => [key, value]));
}
