/** The requests in flight of one server, and whether it is going down. */
export class Lifecycle {
  readonly #draining = new AbortController();
  readonly #active = new Set<AbortController>();

  /** Aborted once the process shall end: /ready says 503, endless streams should end, workers claim nothing new. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Requests in flight that count against the limit. */
  get active(): number {
    return this.#active.size;
  }

  enter(request: AbortController): void {
    this.#active.add(request);
  }

  leave(request: AbortController): void {
    this.#active.delete(request);
  }

  startDraining(): void {
    this.#draining.abort();
  }

  /** Aborts the signal of every request in flight with `reason`. */
  abortAll(reason: unknown): void {
    for (const request of this.#active) request.abort(reason);
  }
}
