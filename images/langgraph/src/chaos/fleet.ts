import { setTimeout as sleep } from "node:timers/promises";
import type { AgentProcess } from "@agentorchestrator/shared/testing";

interface Slot {
  agent: AgentProcess | undefined;
  starting: Promise<void>;
}

/** Replicas of which each that is killed is started again, as ECS does. */
export class Fleet {
  readonly #slots: Slot[];
  readonly #start: () => Promise<AgentProcess>;
  #failure: unknown;
  #stopped = false;

  constructor(size: number, start: () => Promise<AgentProcess>) {
    this.#start = start;
    this.#slots = Array.from({ length: size }, () => ({ agent: undefined, starting: Promise.resolve() }));
    for (const slot of this.#slots) this.#fill(slot);
  }

  /** Resolves when all replicas serve. @throws when one could not be started */
  async ready(): Promise<void> {
    await Promise.all(this.#slots.map(({ starting }) => starting));
    if (this.#failure) throw this.#failure;
  }

  /** A replica that serves, waiting for one where there is none. */
  async pick(random: () => number): Promise<AgentProcess> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const serving = this.#slots.flatMap(({ agent }) => (agent ? [agent] : []));
      const picked = serving[Math.floor(random() * serving.length)];
      if (picked) return picked;
      await sleep(20);
    }
  }

  /** SIGKILL, and a new one in its place. */
  async kill(agent: AgentProcess): Promise<void> {
    const slot = this.#slots.find((each) => each.agent === agent);
    if (!slot) return;
    slot.agent = undefined;
    await agent.kill();
    this.#fill(slot);
  }

  /** Takes a replica out of pick() and back, as when it is frozen. */
  hide(agent: AgentProcess): () => void {
    const slot = this.#slots.find((each) => each.agent === agent);
    if (!slot) throw new Error("the replica is not in the fleet");
    slot.agent = undefined;
    return () => {
      slot.agent = agent;
    };
  }

  /** SIGTERM to all; returns their exit statuses. */
  async stop(): Promise<(number | string)[]> {
    this.#stopped = true;
    await Promise.allSettled(this.#slots.map(({ starting }) => starting));
    return Promise.all(this.#slots.flatMap(({ agent }) => (agent ? [agent.stop()] : [])));
  }

  #fill(slot: Slot): void {
    if (this.#stopped) return;
    slot.starting = this.#start().then(
      (agent) => {
        slot.agent = agent;
      },
      (error: unknown) => {
        this.#failure = error;
      },
    );
  }
}
