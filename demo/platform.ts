import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "../src/api/status.ts";
import { kubectl } from "../test/support/control-plane/kubectl.ts";
import { command, line } from "./view.ts";

export interface Live {
  readonly metadata: { readonly generation: number };
  readonly status?: Status;
}

/** kubectl as a user of one namespace types it. */
export class Platform {
  readonly #kubeconfig: string;
  readonly namespace: string;
  readonly name: string;

  constructor(kubeconfig: string, namespace: string, name: string) {
    this.#kubeconfig = kubeconfig;
    this.namespace = namespace;
    this.name = name;
  }

  kubectl(args: readonly string[], input?: string): Promise<string> {
    return kubectl(this.#kubeconfig, ["-n", this.namespace, ...args], input);
  }

  /** Runs kubectl and shows command and answer. */
  async show(args: readonly string[], keep: (printed: string) => string = (printed) => printed): Promise<void> {
    command(`kubectl -n ${this.namespace} ${args.map(quoted).join(" ")}`, keep(await this.kubectl(args)));
  }

  async get(): Promise<Live | undefined> {
    const printed = await this.kubectl(["get", "agentorchestrator", this.name, "-o", "json", "--ignore-not-found"]);
    return printed.trim() === "" ? undefined : JSON.parse(printed);
  }

  async patch(spec: object): Promise<void> {
    const patch = JSON.stringify({ spec });
    await this.kubectl(["patch", "agentorchestrator", this.name, "--type", "merge", "-p", patch]);
  }

  /** Changes agents by name, as `kubectl edit` would. */
  async patchAgent(name: string, change: object): Promise<void> {
    const { spec } = JSON.parse(await this.kubectl(["get", "agentorchestrator", this.name, "-o", "json"]));
    const agents = spec.agents.map((agent: { name: string }) =>
      agent.name === name ? { ...agent, ...change } : agent,
    );
    await this.patch({ agents });
  }

  /**
   * Looks twice a second until `holds`, and prints a line whenever what `kubectl get` shows has changed.
   * @throws with the conditions when it takes longer than `withinMs`.
   */
  async watch(holds: (object: Live | undefined) => boolean, withinMs: number): Promise<void> {
    let shown = "";
    for (const deadline = performance.now() + withinMs; ; await sleep(300)) {
      const object = await this.get();
      const now = progressOf(object);
      if (now !== shown) line(now);
      shown = now;
      if (holds(object)) return;
      if (performance.now() > deadline) {
        throw new Error(
          `${this.name} did not get there within ${withinMs / 1000} s:\n${JSON.stringify(object?.status?.conditions, null, 1)}`,
        );
      }
    }
  }

  /** Waits for an event of this reason whose note holds `text`, and returns the note. */
  async event(reason: string, text: string, withinMs: number): Promise<string> {
    for (const deadline = performance.now() + withinMs; ; await sleep(300)) {
      const { items } = JSON.parse(await this.kubectl(["get", "events.events.k8s.io", "-o", "json"]));
      const found = items.find(
        (event: { reason: string; note: string }) => event.reason === reason && event.note.includes(text),
      );
      if (found) return found.note;
      if (performance.now() > deadline) throw new Error(`no event ${reason} about ${text} within ${withinMs / 1000} s`);
    }
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

function progressOf(object: Live | undefined): string {
  if (!object) return "gone";
  const { summary = {}, phase, conditions = [] } = object.status ?? {};
  const ready = conditions.find(({ type }) => type === "Ready");
  const facts = conditions.filter(
    ({ type, status }) => type.endsWith("Ready") && type !== "Ready" && status === "True",
  );
  const done = facts.map(({ type }) => type.replace("Ready", "")).join(" ");
  const columns = [
    summary.resources,
    summary.agents && `agents ${summary.agents}`,
    phase,
    ready?.reason,
    done && `✓ ${done}`,
  ];
  return columns.filter(Boolean).join("  ") || "not looked at yet";
}

function quoted(word: string): string {
  return /[\s{}*]/.test(word) ? `'${word}'` : word;
}
