import type { Logger } from "@agentorchestrator/shared";
import type { Database } from "../database.ts";
import type { Bus } from "../events.ts";
import type { Changes } from "../store/changes.ts";
import { eventRefused, eventsPublished, takeEvents } from "../store/outbox.ts";
import { Loop } from "./loop.ts";

/** A publisher that was frozen or killed keeps its events this long from the others. */
const TAKEN_MS = 30_000;
const LEAST_DELAY_MS = 250;
const MOST_DELAY_MS = 60_000;
/** Changes that follow each other closely are looked for once, and leave together. */
const GATHER_MS = 50;

/**
 * Brings the outbox to EventBridge: each event at least once, with an id by which repeats are told, each workflow's in their
 * order. Every replica publishes; one that EventBridge refuses is tried for ever, at most a minute apart.
 */
export class Publisher {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #loop: Loop;

  constructor(database: Database, bus: Bus, changes: Changes, log: Logger, pollMs: number) {
    this.#database = database;
    this.#bus = bus;
    this.#log = log;
    this.#loop = new Loop("publishing events", pollMs, log, (signal) => this.#publish(signal));
    let gathering = false;
    changes.on("changed", () => {
      if (gathering) return;
      gathering = true;
      setTimeout(() => {
        gathering = false;
        this.#loop.wake();
      }, GATHER_MS).unref();
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Sends what is there once more, so that a replica's last events do not wait for another one, then ends. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#publish(AbortSignal.timeout(2_000)).catch(() => false);
  }

  /** Returns whether there may be more. */
  async #publish(signal: AbortSignal): Promise<boolean> {
    const events = await takeEvents(this.#database, TAKEN_MS);
    if (events.length === 0) return false;
    const refusals = await this.#bus.put(events, signal);
    const published = events.filter((_, index) => refusals[index] === undefined);
    if (published.length > 0) await eventsPublished(this.#database, published);
    for (const [index, event] of events.entries()) {
      const refusal = refusals[index];
      if (refusal === undefined) continue;
      const delayMs = Math.min(MOST_DELAY_MS, LEAST_DELAY_MS * 2 ** Math.min(event.attempts - 1, 10));
      const { workflowId, sequence, type, attempts } = event;
      this.#log.warn(
        { workflow_id: workflowId, sequence, type, attempts, refusal, delayMs },
        "EventBridge refused an event",
      );
      await eventRefused(this.#database, event, delayMs);
    }
    return published.length > 0;
  }
}
