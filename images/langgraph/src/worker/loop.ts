import type { Logger } from "@agentorchestrator/shared";

/**
 * Repeats `work` until stop(): at once while it returns true, otherwise when it is woken or `everyMs` have passed, give or take
 * a fifth, so that replicas drift apart. An error is told and repeated no faster than that.
 */
export class Loop {
  readonly #name: string;
  readonly #everyMs: number;
  readonly #log: Logger;
  readonly #work: (signal: AbortSignal) => Promise<boolean>;
  readonly #stop = new AbortController();
  #woken = false;
  #wake = (): void => {};
  #running: Promise<void> | undefined;

  constructor(name: string, everyMs: number, log: Logger, work: (signal: AbortSignal) => Promise<boolean>) {
    this.#name = name;
    this.#everyMs = everyMs;
    this.#log = log;
    this.#work = work;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Returns when the work in hand has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#woken = false;
      let failed = false;
      const more = await this.#work(signal).catch((error: unknown) => {
        failed = true;
        if (!signal.aborted) this.#log.warn({ err: error }, `${this.#name} failed and is repeated`);
        return false;
      });
      if (!more && !signal.aborted) await this.#pause(failed);
    }
  }

  #pause(failed: boolean): Promise<void> {
    if (this.#woken && !failed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(done, this.#everyMs * (0.8 + Math.random() * 0.4));
      if (!failed || this.#stop.signal.aborted) this.#wake = done;
      if (failed) this.#stop.signal.addEventListener("abort", done, { once: true });
    });
  }
}
