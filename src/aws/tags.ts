import type { Tags } from "../kinds/kind.ts";

/** Which AgentOrchestrator a resource belongs to. */
export interface Owner {
  /** Identity of the Kubernetes cluster: the uid of its namespace kube-system. */
  readonly cluster: string;
  /** "namespace/name". */
  readonly owner: string;
  /** metadata.uid of the object: its incarnation. */
  readonly uid: string;
}

/**
 * Keys of the owner tags. Allowed everywhere: AWS takes letters, digits, spaces and + - = . _ : / @ in keys, up to 128
 * characters, and reserves the prefix "aws:" (AWS General Reference, "Tagging your AWS resources").
 */
export const tagKeys = {
  cluster: "agentorchestrator.io/cluster",
  owner: "agentorchestrator.io/owner",
  node: "agentorchestrator.io/node",
  uid: "agentorchestrator.io/uid",
} as const;

/** The tags by which a node's resource is found and told from others'. */
export function ownerTags(owner: Owner, node: string): Tags {
  return {
    [tagKeys.cluster]: owner.cluster,
    [tagKeys.owner]: owner.owner,
    [tagKeys.node]: node,
    [tagKeys.uid]: owner.uid,
  };
}

/**
 * All tags of a node's resource: the user's, then Name, then the owner's, so that no user's tag hides an owner tag. The
 * user's own Name wins over ours: it is for people only.
 */
export function resourceTags(owner: Owner, node: string, name: string, users: Tags = {}): Tags {
  return { Name: name, ...users, ...ownerTags(owner, node) };
}

/** Whose a resource is, seen from `owner`. */
export type Ownership =
  /** This object's. */
  | "ours"
  /** Of an object of the same name in the same cluster with another uid: restored or created again. */
  | "previousIncarnation"
  /** Of an AgentOrchestrator of the same name in another cluster: taken over only when a user says so. */
  | "otherCluster"
  /** Anything else: not touched unless the spec adopts it. */
  | "foreign";

export function ownership(tags: Tags | undefined, owner: Owner): Ownership {
  if (tags?.[tagKeys.owner] !== owner.owner) return "foreign";
  if (tags[tagKeys.cluster] !== owner.cluster) return "otherCluster";
  return tags[tagKeys.uid] === owner.uid ? "ours" : "previousIncarnation";
}
