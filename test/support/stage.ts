import { DescribeRepositoriesCommand, PutImageCommand } from "@aws-sdk/client-ecr";
import type { Status } from "../../src/api/status.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { connect } from "../../src/aws/clients.ts";
import { Limits } from "../../src/aws/guard.ts";
import { type AwsOptions, clientsConfig, createWorld, type SimulatedAws, VirtualClock } from "../simulator/index.ts";
import { resourcesIn } from "./account.ts";
import {
  ACCOUNT,
  condition,
  example,
  isReady,
  type Orchestrator,
  type RunInProcess,
  type Running,
  type Store,
  startOperator,
  storeWithSecrets,
  until,
} from "./platform.ts";

export type Edit = Parameters<typeof example>[1];

/** An operator, a cluster and an AWS in one process and on one virtual clock, with the reference case to play with. */
export class Stage {
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  readonly store: Store;
  readonly key = { namespace: "agents", name: "dev" };
  #running: Running | undefined;

  /** `beside`: another cluster, with an operator of its own, in the same AWS. */
  constructor(options: AwsOptions = {}, beside?: Stage) {
    this.clock = beside?.clock ?? new VirtualClock();
    this.aws = beside?.aws ?? createWorld({ latencyMs: 50, ...options, clock: this.clock });
    this.store = storeWithSecrets(this.clock);
    if (beside) this.store.clusterUid = "11111111-0000-4000-8000-000000000000";
  }

  /** Somebody else's clients of the same account. */
  client(region = "us-east-1", account = ACCOUNT): Aws {
    const where = { account, region };
    const { credentials, requestHandler } = clientsConfig(this.aws, where);
    return connect({ ...where, credentials, requestHandler, limits: new Limits({ clock: this.clock }) });
  }

  start(options: Partial<RunInProcess> = {}): Running {
    this.#running = startOperator({ aws: this.aws, store: this.store, clock: this.clock, ...options });
    return this.#running;
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  /** kubectl apply of the reference case, edited. */
  async apply(edit?: Edit): Promise<void> {
    const object = await example("dev.yaml", edit);
    if (!this.object) this.store.cluster.create(object);
    else this.store.cluster.update(this.key, (now) => ({ ...now, spec: object.spec }));
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.store.cluster.update(this.key, (now) => ({ ...now, metadata: { ...now.metadata, annotations } }));
  }

  delete(): void {
    this.store.cluster.delete(this.key);
  }

  get object(): Orchestrator | undefined {
    return this.store.cluster.get(this.key);
  }

  get status(): Status {
    return this.object?.status ?? {};
  }

  condition(type: string): ReturnType<typeof condition> {
    return condition(this.object, type);
  }

  until(holds: (object: Orchestrator | undefined) => boolean, withinMs = 3_600_000): Promise<Orchestrator | undefined> {
    return until(this.store, this.clock, this.key, holds, { withinMs });
  }

  ready(withinMs?: number): Promise<Orchestrator | undefined> {
    return this.until(isReady, withinMs);
  }

  gone(withinMs?: number): Promise<Orchestrator | undefined> {
    return this.until((object) => object === undefined, withinMs);
  }

  /** Until Ready is False for this reason. */
  async reason(reason: string, withinMs = 600_000): Promise<string> {
    const object = await this.until((now) => condition(now, "Ready")?.reason === reason, withinMs);
    return condition(object, "Ready")?.message ?? "";
  }

  /** From nothing to Ready, with the build pipeline pushing images as soon as there are repositories. */
  async create(edit?: Edit): Promise<void> {
    await this.apply(edit);
    if (!this.#running) this.start();
    await this.until((now) => condition(now, "RegistryReady")?.status === "True");
    await this.pushImages();
    await this.ready();
  }

  /** Pushes `tag` to each repository and returns the digests by repository. */
  async pushImages(tag = "latest"): Promise<ReadonlyMap<string, string>> {
    const { ecr } = this.client();
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    const digests = new Map<string, string>();
    for (const { repositoryName = "" } of repositories)
      digests.set(repositoryName, await this.pushImage(repositoryName, tag));
    return digests;
  }

  /** Pushes an image under the tag and returns its digest: another one for other `content`. */
  async pushImage(repositoryName: string, imageTag: string, content = imageTag): Promise<string> {
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const config = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      size: 2,
      digest: `sha256:${"0".repeat(64)}`,
    };
    const annotations = {
      "org.opencontainers.image.title": repositoryName,
      "org.opencontainers.image.version": content,
    };
    const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [], annotations });
    const { image } = await this.client().ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
    return image?.imageId?.imageDigest ?? "";
  }

  /** What lives in the account. */
  resources(region = "us-east-1"): Promise<readonly string[]> {
    return resourcesIn(clientsConfig(this.aws, { account: ACCOUNT, region }));
  }

  /** Successful calls that change something, by action, since a moment of the clock. */
  writesSince(since: number): readonly string[] {
    return this.aws.calls.find({ write: true, since, outcome: "ok" }).map(({ action }) => action);
  }

  /** Notes of events with this reason. */
  events(reason: string): readonly string[] {
    return this.store.events.filter((event) => event.reason === reason).map(({ message }) => message);
  }
}

/** An edit of one agent of the spec, by name. */
export function agentEdit(name: string, change: Readonly<Record<string, unknown>>): NonNullable<Edit> {
  return ({ spec }) => {
    const agents = spec.agents as { name: string }[];
    spec.agents = agents.map((agent) => (agent.name === name ? { ...agent, ...change } : agent));
  };
}
