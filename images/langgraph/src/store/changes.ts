import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database.ts";
import { CHANNEL, type Notice } from "./outbox.ts";

/**
 * Tells at once of changes that any replica commits, by LISTEN. It is a hint: a connection that broke may have missed some, so
 * who waits also looks again every `pollMs`.
 */
export class Changes {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #database: Database;
  readonly #pollMs: number;
  readonly #stop = new AbortController();
  #listening: Promise<void> | undefined;

  constructor(database: Database, pollMs: number) {
    this.#database = database;
    this.#pollMs = pollMs;
  }

  /** Listens until stop(), with a new connection wherever one breaks. */
  start(): void {
    this.#listening ??= this.#listen();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  /** Calls `told` with the workflow's id on each such notice. */
  on(notice: Notice, told: (id: string) => void): void {
    this.#emitter.on(notice, told);
  }

  /** Changes of one workflow from now on, until it is disposed. */
  of(id: string): Disposable & { next(signal: AbortSignal): Promise<void> } {
    let changed = false;
    let wake = (): void => {};
    const told = (changedId: string) => {
      if (changedId !== id) return;
      changed = true;
      wake();
    };
    this.#emitter.on("changed", told);
    const pollMs = this.#pollMs;
    return {
      /** Resolves after a change since the last call, at the latest after the time for polling, at once on abort. */
      next(signal) {
        return new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            changed = false;
            wake = () => {};
            resolve();
          };
          const timer = setTimeout(done, pollMs);
          wake = done;
          signal.addEventListener("abort", done);
          if (changed || signal.aborted) done();
        });
      },
      [Symbol.dispose]: () => {
        this.#emitter.off("changed", told);
      },
    };
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const client = await this.#database.dedicated().catch(() => undefined);
      client?.on("notification", ({ payload = "" }) => {
        const [notice = "", id = ""] = payload.split(" ");
        this.#emitter.emit(notice, id);
      });
      if (client) {
        // Both at once, or the end of one that breaks while it begins would be missed. What it throws is told by the loop.
        await Promise.all([once(client, "end", { signal }), client.query(`listen ${CHANNEL}`)]).catch(() => {});
      }
      await client?.end().catch(() => {});
      await sleep(this.#pollMs, undefined, { signal }).catch(() => {});
    }
  }
}
