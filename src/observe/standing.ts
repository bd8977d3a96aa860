/** How often what still stands is told again, in milliseconds: events are kept for an hour, and count. */
const TOLD_AGAIN_MS = 600_000;

/**
 * What has been told of one object that still stands: a refusal is true in every pass, and is told when it begins and
 * then every ten minutes, so that it does not crowd out what happens once.
 */
export class Standing {
  #toldAt = new Map<string, number>();

  /** Of all that stands now, what is to be told now. What does not stand any more is forgotten: it may begin again. */
  due(all: readonly string[], now: number): ReadonlySet<string> {
    const due = new Set(
      all.filter((one) => now - (this.#toldAt.get(one) ?? Number.NEGATIVE_INFINITY) >= TOLD_AGAIN_MS),
    );
    this.#toldAt = new Map(all.map((one) => [one, due.has(one) ? now : (this.#toldAt.get(one) ?? now)]));
    return due;
  }
}
