import type { Aws } from "../src/aws/aws.ts";
import { connect } from "../src/aws/clients.ts";
import { Limits } from "../src/aws/guard.ts";
import { type Owner, resourceTags } from "../src/aws/tags.ts";
import type { Node } from "../src/graph/graph.ts";
import { resolve } from "../src/graph/ref.ts";
import type { Kind } from "../src/kinds/kind.ts";
import { kindOf } from "../src/kinds/registry.ts";
import { formatKey } from "../src/kube/object-store.ts";
import { desiredBy } from "../src/observe/prepare.ts";
import { clientsConfig, createWorld, type SimulatedAws, VirtualClock } from "../test/simulator/index.ts";
import { rateOf } from "../test/simulator/limits/rates.ts";
import { pushImage } from "../test/support/images.ts";
import { ACCOUNT, storeWithSecrets } from "../test/support/platform.ts";
import type { Rate, Work } from "./critical-path.ts";
import { LATENCY_MS, type Platform, REGION } from "./fleet.ts";

/** How often the resource that is being made is looked at, in milliseconds: how exact the times are. */
const LOOK_MS = 100;

type Props = Readonly<Record<string, unknown>>;

export interface ResourceTimes {
  readonly work: readonly Work[];
  /** AWS's token buckets, by the names in `work`. */
  readonly rateOf: (bucket: string) => Rate | undefined;
}

/**
 * Makes every resource of a platform by its kind alone, without the engine, one after the other in a simulated AWS
 * without request limits, and measures each from its create call to the first look that finds it ready. Images are
 * pushed when their repositories are there, as a build pipeline does; that is never on the critical path, which leads
 * through the database.
 */
export async function measureResources(platform: Platform): Promise<ResourceTimes> {
  const clock = new VirtualClock();
  const world = createWorld({ clock, latencyMs: LATENCY_MS, buckets: false });
  const { credentials, requestHandler } = clientsConfig(world, { account: ACCOUNT, region: REGION });
  const aws = connect({ account: ACCOUNT, region: REGION, credentials, requestHandler, limits: new Limits({ clock }) });
  const store = storeWithSecrets(clock);
  const object = store.cluster.create(platform);
  const owner: Owner = { cluster: await store.clusterId(), owner: formatKey(platform), uid: object.metadata.uid };
  const desired = async () => (await desiredBy(store, object, aws, owner)).graph.nodes;

  const maker = new Maker(aws, world, owner);
  for (const node of await desired()) if (node.type === "AWS::ECR::Repository") await maker.make(node);
  for (const repository of maker.repositories) {
    await pushImage({ region: REGION, credentials, requestHandler }, repository, "latest");
  }
  const work: Work[] = [];
  // Only now are the images known, without which the graph has no task definitions.
  for (const node of await desired()) work.push(maker.made.get(node.id) ?? (await maker.make(node)));
  return { work, rateOf: (bucket) => maker.rates.get(bucket) };
}

class Maker {
  readonly made = new Map<string, Work>();
  readonly rates = new Map<string, Rate>();
  readonly repositories: string[] = [];
  readonly #outputs = new Map<string, Props>();
  readonly #aws: Aws;
  readonly #world: SimulatedAws;
  readonly #owner: Owner;

  constructor(aws: Aws, world: SimulatedAws, owner: Owner) {
    this.#aws = aws;
    this.#world = world;
    this.#owner = owner;
  }

  async make(node: Node): Promise<Work> {
    if (node.blocked) throw new Error(`${node.id}: ${node.blocked.message}`);
    const kind = kindOf(node.type);
    const props = resolve(node.props, (other, output) => this.#outputs.get(other)?.[output]) as Props;
    const tags = resourceTags(this.#owner, node.id, node.name, {});
    const began = this.#aws.clock.now();
    const callsBefore = this.#world.calls.count();
    const id = await kind.create(this.#aws, { name: node.name, token: crypto.randomUUID(), tags, props });
    const calls = this.#world.calls
      .find()
      .slice(callsBefore)
      .map(({ service, action }) => this.#bucketOf(service, action));
    this.#outputs.set(node.id, await this.#ready(kind, id));
    if (node.type === "AWS::ECR::Repository") this.repositories.push(id);
    const work = { id: node.id, dependsOn: node.dependsOn, ms: this.#aws.clock.now() - began, calls };
    this.made.set(node.id, work);
    return work;
  }

  async #ready(kind: Kind<Props, Props>, created: string): Promise<Props> {
    for (let id = created; ; await this.#aws.clock.sleep(LOOK_MS)) {
      const observed = await kind.observe(this.#aws, id);
      if (observed?.phase === "ready") return observed.outputs;
      if (observed?.phase === "failed") throw new Error(`${kind.type} ${id}: ${observed.message}`);
      id = observed?.id ?? id;
    }
  }

  #bucketOf(service: string, action: string): string | undefined {
    const found = rateOf(service, action, { filtered: true });
    if (!found) return undefined;
    const bucket = `${service} ${found.bucket}`;
    this.rates.set(bucket, found.rate);
    return bucket;
  }
}
