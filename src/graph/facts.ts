import type { NetworkFact } from "../aws/discover.ts";
import type { Owner } from "../aws/tags.ts";
import type { Sensitive } from "./ref.ts";

/** A Kubernetes Secret, as far as the graph needs it. */
export interface SecretFact {
  /** Another one after every change, as uid and resourceVersion: the version in Secrets Manager is made from it. */
  readonly version: string;
  /** By key. */
  readonly data: ReadonlyMap<string, Sensitive>;
}

/** What a graph is built from beside the spec: what AWS and the cluster said before the pass. Plain data. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Zones of the region where resources can be made. */
  readonly zones: readonly string[];
  readonly owner: Owner;
  /** The Secrets that `secretsWanted` names, by name; what is absent does not exist. */
  readonly secrets: ReadonlyMap<string, SecretFact>;
  /** Why the others may not be read, by name: they may exist or not. */
  readonly forbiddenSecrets?: ReadonlyMap<string, string> | undefined;
  /** Digests ("sha256:…") that tags of images in the agents' own repositories stand for now, by agent. */
  readonly images?: ReadonlyMap<string, string> | undefined;
  /** Names of the agents' own repositories that have another name than the operator would give them, by agent. */
  readonly repositories?: ReadonlyMap<string, string> | undefined;
  /** The VPC and subnets of spec.network.existing. */
  readonly network?: NetworkFact | undefined;
}
