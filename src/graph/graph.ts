import type { OutputsOf, PropsOf } from "../kinds/kind.ts";
import type { KindName, Kinds } from "../kinds/registry.ts";
import { nodesIn, type Refs, refsTo, type Wired } from "./ref.ts";

/** The facts beneath Ready: each node counts towards one. */
export type Fact =
  | "NetworkReady"
  | "IdentityReady"
  | "RegistryReady"
  | "StorageReady"
  | "SecretsReady"
  | "ObservabilityReady"
  | "ClusterReady"
  | "DiscoveryReady"
  | "IngressReady"
  | "DatabaseReady"
  | "CacheReady"
  | "AgentsReady";

export type DeletionPolicy = "Delete" | "Retain" | "Snapshot";

/** One desired AWS resource. Plain data: what the plan compares and the apply step carries out. */
export interface Node {
  /** Unique in its graph, stable over releases of the operator: "subnet/private-a", "agent/langgraph/service". */
  readonly id: string;
  readonly type: KindName;
  /** Physical name. */
  readonly name: string;
  /** Props of the kind; any value may be a Ref or a Template (graph/ref.ts). */
  readonly props: Readonly<Record<string, unknown>>;
  /** Nodes that must be ready before this one is created, and are deleted after it. */
  readonly dependsOn: readonly string[];
  readonly fact: Fact;
  /** What happens to it when it leaves the spec or the object is deleted; only kinds with `data` have one. */
  readonly deletionPolicy?: DeletionPolicy | undefined;
  /** Replacing it has been allowed by name in the spec. */
  readonly replaceable?: true | undefined;
  /** Physical id of a resource that exists already and is to be taken over. */
  readonly adopt?: string | undefined;
  /** The agent that it belongs to. */
  readonly agent?: string | undefined;
  /**
   * What it needs and the cluster, or its image repository, does not have. It waits, and so does what depends on it, even when it exists already:
   * nothing of it is changed or deleted meanwhile. Its props are incomplete.
   */
  readonly blocked?: Blocked | undefined;
}

/** Why a node waits for a person. */
export interface Blocked {
  readonly reason: "SecretNotFound" | "SecretKeyNotFound" | "SecretForbidden" | "ImageNotFound";
  /** What is missing, where, and what to do. */
  readonly message: string;
}

export interface NodeOptions {
  readonly name: string;
  readonly fact: Fact;
  /** Edges that no value carries, as a service that needs its target group behind a listener. */
  readonly after?: readonly (string | { readonly $node: string })[];
  readonly deletionPolicy?: DeletionPolicy | undefined;
  readonly replaceable?: true | undefined;
  readonly adopt?: string | undefined;
  readonly agent?: string | undefined;
  readonly blocked?: Blocked | undefined;
}

/** What a spec asks for: nodes, and the edges that their references draw. Build it once, then only read it. */
export class Graph {
  readonly #nodes = new Map<string, Node>();

  /**
   * Adds a node and returns references to its outputs.
   * @throws when the id is taken, or a reference names a node that is not in the graph yet: so no cycle can be built.
   */
  add<T extends KindName>(
    type: T,
    id: string,
    props: { readonly [P in keyof PropsOf<Kinds[T]>]: Wired<PropsOf<Kinds[T]>[P]> },
    options: NodeOptions,
  ): Refs<OutputsOf<Kinds[T]>> {
    const { after = [], ...rest } = options;
    if (this.#nodes.has(id)) throw new Error(`the graph has two nodes ${id}`);
    const dependsOn = new Set(nodesIn(props));
    for (const node of after) dependsOn.add(typeof node === "string" ? node : node.$node);
    for (const node of dependsOn) {
      if (!this.#nodes.has(node)) throw new Error(`${id} depends on ${node}, which is not in the graph before it`);
    }
    this.#nodes.set(id, { id, type, ...rest, props: { ...props }, dependsOn: [...dependsOn] });
    return refsTo<OutputsOf<Kinds[T]>>(id);
  }

  get(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** Dependencies before dependents. */
  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  get size(): number {
    return this.#nodes.size;
  }
}

export const emptyGraph: Graph = new Graph();
