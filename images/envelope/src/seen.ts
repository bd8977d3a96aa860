import { MessageRefused } from "./refusal.ts";

/**
 * The messages that one process admitted, each kept as long as it could still be fresh, and no longer. Bounded: when it
 * is full of those, new messages are refused (ReplayStoreFull) instead of old ones forgotten. It is one replica's memory:
 * several replicas behind one queue share a table instead.
 */
export class SeenMessages {
  readonly #max: number;
  /** Id to the time in ms until which it is kept. */
  readonly #until = new Map<string, number>();
  /** The latest time seen: a clock that is set back brings nothing back that was forgotten. */
  #latest = Number.NEGATIVE_INFINITY;
  #nextSweep = Number.NEGATIVE_INFINITY;

  /** @param options.max ids at once, about 200 bytes each; default 100 000 */
  constructor({ max = 100_000 }: { max?: number } = {}) {
    this.#max = max;
  }

  get size(): number {
    return this.#until.size;
  }

  /** Whether `id` is new; it is kept until `until`. Bound: may be passed as it is. @throws MessageRefused ReplayStoreFull */
  readonly admit = (id: string, until: Date, now: Date): boolean => {
    this.#latest = Math.max(this.#latest, now.getTime());
    const end = until.getTime();
    if (this.#until.has(id) || end < this.#latest) return false;
    if (this.#until.size >= this.#max) this.#sweep();
    if (this.#until.size >= this.#max) {
      const told = `${this.#max} messages are younger than their limit: receive them slower, or allow a shorter age`;
      throw new MessageRefused("ReplayStoreFull", told);
    }
    this.#until.set(id, end);
    return true;
  };

  /** Forgets what is stale by now; at most once in a while when all are fresh, so that a full store stays quick. */
  #sweep(): void {
    if (this.#latest < this.#nextSweep) return;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [id, end] of this.#until) {
      if (end < this.#latest) this.#until.delete(id);
      else earliest = Math.min(earliest, end);
    }
    this.#nextSweep = earliest === Number.POSITIVE_INFINITY ? this.#latest : earliest;
  }
}
