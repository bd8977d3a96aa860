import { setTimeout as sleep } from "node:timers/promises";
import type { Spec } from "../../src/api/spec.ts";
import type { Status } from "../../src/api/status.ts";
import { isNotFound } from "../../src/kube/errors.ts";
import { KubeHttp } from "../../src/kube/http.ts";
import type { KubeObject } from "../../src/kube/object-store.ts";
import { apiVersion, kind, objectPath } from "../../src/kube/resource.ts";

export type Live = KubeObject<Spec, Status>;
type Agent = Spec["agents"][number];

/** One AgentOrchestrator on a real API server, as whoever may do everything reads and edits it. */
export class Orchestrator {
  readonly #http: KubeHttp;
  readonly #path: string;
  readonly namespace: string;
  readonly name: string;
  readonly #began = performance.now();

  constructor(adminKubeconfig: string, { namespace, name }: { readonly namespace: string; readonly name: string }) {
    this.#http = KubeHttp.fromKubeconfig(adminKubeconfig);
    this.namespace = namespace;
    this.name = name;
    this.#path = objectPath({ namespace, name });
  }

  async create(spec: unknown): Promise<void> {
    const { name, namespace } = this;
    const body = { apiVersion, kind, metadata: { name, namespace }, spec };
    await this.#http.request("POST", this.#path.slice(0, this.#path.lastIndexOf("/")), { body });
  }

  async get(): Promise<Live | undefined> {
    try {
      return (await this.#http.request("GET", this.#path)) as Live;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async merge(body: object): Promise<void> {
    await this.#http.request("PATCH", this.#path, { body, contentType: "application/merge-patch+json" });
  }

  /** Changes agents by name: the list is replaced as a whole, as `kubectl edit` does. */
  async changeAgents(changes: Readonly<Record<string, Partial<Agent>>>): Promise<void> {
    const object = await this.get();
    const agents = object?.spec.agents.map((agent) => ({ ...agent, ...changes[agent.name] }));
    await this.merge({ spec: { agents } });
  }

  async delete(): Promise<void> {
    await this.#http.request("DELETE", this.#path);
  }

  /**
   * Looks five times a second until `holds`, and prints what is new whenever the summary changes.
   * @throws with the conditions and what is waited for when it takes longer than `withinMs`.
   */
  async until(holds: (object: Live | undefined) => boolean, withinMs: number): Promise<Live | undefined> {
    let shown = "";
    for (const deadline = performance.now() + withinMs; ; await sleep(200)) {
      const object = await this.get();
      const now = summaryOf(object);
      if (now !== shown) this.say(now);
      shown = now;
      if (holds(object)) return object;
      if (performance.now() < deadline) continue;
      const { conditions, waitingFor } = object?.status ?? {};
      const told = JSON.stringify({ conditions, waitingFor }, null, 1);
      throw new Error(`${this.name} did not get there within ${withinMs / 1000} s:\n${told}`);
    }
  }

  /** A line of progress, with the seconds since this object was first spoken of. */
  say(line: string): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(0);
    process.stdout.write(`${seconds.padStart(5)} s  ${line}\n`);
  }
}

export function condition(object: Live | undefined, type: string) {
  return object?.status?.conditions?.find((one) => one.type === type);
}

/** Ready, and about the spec as it is now. */
export function isReady(object: Live | undefined): boolean {
  const ready = condition(object, "Ready");
  return ready?.status === "True" && ready.observedGeneration === object?.metadata.generation;
}

/** What the inventory stands for, without ids: "node type", sorted; what is open or on its way out says so. */
export function inventoryOf(object: { readonly status?: Status } | undefined): readonly string[] {
  const entries = object?.status?.resources ?? [];
  return entries
    .map(({ node, type, id, intent, superseded }) =>
      [node, type, !id && "(no id)", intent && "(open)", superseded && "(superseded)"].filter(Boolean).join(" "),
    )
    .sort();
}

function summaryOf(object: Live | undefined): string {
  if (!object) return "gone";
  const { summary = {}, phase } = object.status ?? {};
  const ready = condition(object, "Ready");
  const agents = summary.agents && `agents ${summary.agents}`;
  const words = [summary.resources, agents, phase, ready?.reason, ready?.status === "True" && "Ready"];
  return words.filter(Boolean).join("  ") || "not looked at yet";
}
