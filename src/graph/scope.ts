import type { EffectiveSpec } from "../api/effective.ts";
import type { OutputsOf, PropsOf } from "../kinds/kind.ts";
import type { KindName, Kinds } from "../kinds/registry.ts";
import type { Facts } from "./facts.ts";
import { type DeletionPolicy, Graph, type NodeOptions } from "./graph.ts";
import { Names } from "./names.ts";
import type { Refs, Wired } from "./ref.ts";

/** Types that hold what cannot be made again: those whose kind says `data`. */
export const dataTypes: ReadonlySet<KindName> = new Set<KindName>([
  "AWS::EFS::FileSystem",
  "AWS::S3::Bucket",
  "AWS::ECR::Repository",
  "AWS::SecretsManager::Secret",
  "AWS::RDS::DBInstance",
]);

type PropsIn<T extends KindName> = { readonly [P in keyof PropsOf<Kinds[T]>]: Wired<PropsOf<Kinds[T]>[P]> };

/** What every area adds its nodes to. */
export class Scope {
  readonly graph: Graph = new Graph();
  readonly spec: EffectiveSpec;
  readonly facts: Facts;
  readonly names: Names;

  constructor(spec: EffectiveSpec, facts: Facts) {
    this.spec = spec;
    this.facts = facts;
    const { project, environment } = spec;
    this.names = new Names({ project, environment, account: facts.account, region: facts.region });
  }

  /** As Graph.add, with what the spec says about this node: adoption, permission to replace it, what becomes of its data. */
  add<T extends KindName>(type: T, id: string, props: PropsIn<T>, options: NodeOptions): Refs<OutputsOf<Kinds[T]>> {
    const adopt = this.spec.adopt.find(({ resource }) => resource === id)?.id;
    return this.graph.add(type, id, props, {
      ...options,
      ...(adopt !== undefined && { adopt }),
      ...(dataTypes.has(type) && { deletionPolicy: this.#policyOf(type) }),
      ...(this.spec.allowReplacement.includes(id) && { replaceable: true as const }),
    });
  }

  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string {
    const { partition, region, account } = this.facts;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }

  #policyOf(type: KindName): DeletionPolicy {
    const { database, data } = this.spec.policies;
    if (type === "AWS::RDS::DBInstance") return database;
    // A file system is the database's, and has no snapshots of its own.
    if (type === "AWS::EFS::FileSystem") return database === "Delete" ? "Delete" : "Retain";
    return data;
  }
}
