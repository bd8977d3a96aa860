import type { Spec } from "../../src/api/spec.ts";
import type { Status } from "../../src/api/status.ts";
import { validate } from "../../src/api/validate.ts";
import { formatKey } from "../../src/kube/object-store.ts";
import { script } from "../simulator/script.ts";
import { condition, isReady, type Orchestrator, until } from "./platform.ts";
import type { Stage } from "./stage.ts";

/** A spec as a user writes it. */
export type Written = Record<string, unknown>;

/** An image that every world has, so that a platform gets Ready without a build pipeline. */
const image = { repository: "public.ecr.aws/shop/clerk" };

/** The smallest platform that is of use: a VPC with one NAT gateway, and one agent behind a load balancer. */
export const smallSpec = (): Written => ({
  project: "shop",
  environment: "dev",
  aws: { region: "us-east-1" },
  network: { natGateways: "Single" },
  agents: [{ name: "clerk", port: 8000, image, ingress: {} }],
});

/** An AgentOrchestrator of any name on a stage, as its author sees it: small, unless a whole spec is given. */
export class Tenant {
  readonly key: { readonly namespace: string; readonly name: string };
  readonly #stage: Stage;

  constructor(stage: Stage, name = "shop", namespace = "agents") {
    this.#stage = stage;
    this.key = { namespace, name };
    script(stage.aws).image(`${image.repository}:*`, { kind: "works" });
  }

  /** kubectl apply. @throws what the API server would refuse, of the object alone or as a change */
  apply(change: Written = {}, annotations: Readonly<Record<string, string>> = {}): void {
    const spec: Written = { ...smallSpec(), ...change };
    const { metadata, ...rest } = this.object ?? { metadata: this.key };
    const object = { apiVersion: "agentorchestrator.io/v1alpha1", kind: "AgentOrchestrator", metadata, spec };
    const valid = validate(object, "spec" in rest ? this.object : undefined);
    if (!valid.ok) throw new Error(valid.problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
    const { cluster } = this.#stage.store;
    if (this.object) cluster.update(this.key, (now) => ({ ...now, spec: valid.spec as Spec }));
    else cluster.create({ ...this.key, annotations, spec: valid.spec as Spec });
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.#stage.store.cluster.update(this.key, (now) => ({ ...now, metadata: { ...now.metadata, annotations } }));
  }

  delete(): void {
    this.#stage.store.cluster.delete(this.key);
  }

  /** As a restore leaves it: the spec is back, the status is not. */
  wipeStatus(): void {
    this.#stage.store.cluster.update(this.key, ({ status: _, ...rest }) => rest);
  }

  /** As somebody does who takes the finalizer off: the object is gone and everything in AWS is still there. */
  vanish(): void {
    const { cluster } = this.#stage.store;
    cluster.update(this.key, (now) => ({ ...now, metadata: { ...now.metadata, finalizers: [] } }));
    cluster.delete(this.key);
  }

  get object(): Orchestrator | undefined {
    return this.#stage.store.cluster.get(this.key);
  }

  get status(): Status {
    return this.object?.status ?? {};
  }

  condition(type: string): ReturnType<typeof condition> {
    return condition(this.object, type);
  }

  /** Physical id of a node's resource, as the inventory has it. */
  id(node: string): string {
    const found = this.status.resources?.find((entry) => entry.node === node && !entry.superseded)?.id;
    if (found === undefined) throw new Error(`${formatKey(this.key)} has no ${node}`);
    return found;
  }

  until(holds: (object: Orchestrator | undefined) => boolean, withinMs = 3_600_000): Promise<Orchestrator | undefined> {
    return until(this.#stage.store, this.#stage.clock, this.key, holds, { withinMs });
  }

  async ready(withinMs?: number): Promise<void> {
    await this.until(isReady, withinMs);
  }

  async gone(withinMs?: number): Promise<void> {
    await this.until((object) => object === undefined, withinMs);
  }

  /** Until Ready is False for this reason. @returns the message */
  async reason(reason: string, withinMs = 600_000): Promise<string> {
    const object = await this.until((now) => condition(now, "Ready")?.reason === reason, withinMs);
    return condition(object, "Ready")?.message ?? "";
  }

  /** Events about it with this reason. */
  events(reason: string): readonly { readonly message: string; readonly count: number; readonly type: string }[] {
    const uid = this.object?.metadata.uid;
    return this.#stage.store.events.filter((event) => event.reason === reason && (!uid || event.uid === uid));
  }
}
