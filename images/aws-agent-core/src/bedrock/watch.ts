/**
 * Watches over one streamed call: ends it when the caller's signal says so, or when nothing has come for too long while it
 * was waited for. The time in which the client takes what came does not count.
 */
export class Watch {
  /** For the call. */
  readonly signal: AbortSignal;
  readonly #stall = new AbortController();
  readonly #stallMs: number;

  constructor(signal: AbortSignal, stallMs: number) {
    this.signal = AbortSignal.any([signal, this.#stall.signal]);
    this.#stallMs = stallMs;
  }

  /** Whether it was silence that ended the call. */
  get stalled(): boolean {
    return this.#stall.signal.aborted;
  }

  async waitFor<T>(next: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#stall.abort(), this.#stallMs);
    try {
      return await next();
    } finally {
      clearTimeout(timer);
    }
  }

  /** The source's events, each waited for under watch. Ending early ends the source. */
  async *events<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = source[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.waitFor(() => iterator.next());
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}
