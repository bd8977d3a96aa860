import type { Clock } from "../clock.ts";

export const FAILURES_TO_OPEN = 5;
export const OPEN_MS = 60_000;

/** A service of AWS failed so often that it is not asked for now: nothing was sent. */
export class CircuitOpen extends Error {
  override readonly name = "CircuitOpen";
}

/**
 * Keeps calls from a service that fails: after FAILURES_TO_OPEN failures in a row it lets nothing through for OPEN_MS,
 * then one call, whose success closes it again.
 *
 * Own code, as it has to run on the operator's clock: cockatiel's reads Date.now().
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #what: string;
  #failures = 0;
  #openedAt: number | undefined;
  #probing = false;

  constructor(what: string, clock: Clock) {
    this.#what = what;
    this.#clock = clock;
  }

  get open(): boolean {
    return this.#openedAt !== undefined;
  }

  /** Asked before each call, which then must report `succeeded` or `failed`. @throws CircuitOpen */
  enter(): void {
    if (this.#openedAt === undefined) return;
    if (this.#probing || this.#clock.now() - this.#openedAt < OPEN_MS) {
      throw new CircuitOpen(`${this.#what} failed ${FAILURES_TO_OPEN} times in a row and is left alone for a minute`);
    }
    this.#probing = true;
  }

  /** The service answered, be it with a refusal. */
  succeeded(): void {
    this.#failures = 0;
    this.#openedAt = undefined;
    this.#probing = false;
  }

  /** The service, or the way to it, failed. */
  failed(): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#openedAt !== undefined || this.#failures >= FAILURES_TO_OPEN) this.#openedAt = this.#clock.now();
  }

  /** The call was never sent, or says nothing of the service. */
  abandoned(): void {
    this.#probing = false;
  }
}
