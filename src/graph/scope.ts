import type { EffectiveSpec } from "../api/effective.ts";
import type { OutputsOf, PropsOf } from "../kinds/kind.ts";
import type { KindName, Kinds } from "../kinds/registry.ts";
import type { Facts } from "./facts.ts";
import { Graph, type NodeOptions } from "./graph.ts";
import { Names } from "./names.ts";
import { policyOf } from "./policy.ts";
import type { Refs, Wired } from "./ref.ts";

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
    const deletionPolicy = policyOf(type, this.spec.policies);
    return this.graph.add(type, id, props, {
      ...options,
      ...(adopt !== undefined && { adopt }),
      ...(deletionPolicy && { deletionPolicy }),
      ...(this.spec.allowReplacement.includes(id) && { replaceable: true as const }),
    });
  }

  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string {
    const { partition, region, account } = this.facts;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
