import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { type AccountConfig, resourcesIn } from "../support/account.ts";
import { pushImages } from "../support/images.ts";
import { condition, isReady, type Live, Orchestrator } from "../support/orchestrator.ts";

/** Prefix of every name of the reference case. */
export const PREFIX = "multi-agent-orchestrator-dev";

/** The life of examples/dev.yaml on a real API server and something that stands in for AWS. */
export class ReferenceCase {
  readonly object: Orchestrator;
  readonly #account: AccountConfig;
  readonly #limitMs: number;

  /** `limitMs`: no step takes longer unless something is wrong. */
  constructor(adminKubeconfig: string, account: AccountConfig, limitMs: number) {
    this.object = new Orchestrator(adminKubeconfig, { namespace: "agents", name: "dev" });
    this.#account = account;
    this.#limitMs = limitMs;
  }

  /** kubectl apply; returns once the repositories are there and the images pushed, as a build pipeline does. */
  async begin(): Promise<void> {
    const { spec } = parse(await readFile(new URL("../../examples/dev.yaml", import.meta.url), "utf8"));
    await this.object.create(spec);
    await this.until((object) => condition(object, "RegistryReady")?.status === "True");
    const pushed = await pushImages(this.#account, PREFIX, "latest");
    this.object.say(`${pushed.length} images pushed`);
  }

  /** langgraph gets a third task, snowflake-cortex another image. */
  async change(): Promise<void> {
    await pushImages(this.#account, PREFIX, "v2");
    const image = { tag: "v2" };
    await this.object.changeAgents({ langgraph: { replicas: 3 }, "snowflake-cortex": { image } });
  }

  ready(): Promise<Live | undefined> {
    return this.until(isReady);
  }

  async gone(): Promise<void> {
    await this.until((object) => object === undefined);
  }

  until(holds: (object: Live | undefined) => boolean): Promise<Live | undefined> {
    return this.object.until(holds, this.#limitMs);
  }

  /** Asks for a look at everything, whatever was seen before, and returns when it has been taken. */
  async lookAtEverything(): Promise<void> {
    const request = new Date().toISOString();
    await this.object.merge({ metadata: { annotations: { "agentorchestrator.io/reconcile": request } } });
    await this.until((object) => object?.status?.handledReconcile === request);
  }

  resources(): Promise<readonly string[]> {
    return resourcesIn(this.#account);
  }
}
