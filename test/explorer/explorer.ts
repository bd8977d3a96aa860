import { disturbed, type Played, type Reference, undisturbed } from "./explore.ts";
import { type Life, type LifeName, lifeOf } from "./life.ts";
import type { Plan } from "./plan.ts";

/** Plays plans against lives that it has played undisturbed once. */
export class Explorer {
  readonly #known = new Map<LifeName, Promise<{ life: Life; reference: Reference }>>();

  async reference(name: LifeName): Promise<Reference> {
    return (await this.#life(name)).reference;
  }

  async play({ life: name, faults, seed }: Plan): Promise<Played> {
    const { life, reference } = await this.#life(name);
    return disturbed(life, reference, faults, seed);
  }

  #life(name: LifeName): Promise<{ life: Life; reference: Reference }> {
    let known = this.#known.get(name);
    if (!known) {
      known = lifeOf(name).then(async (life) => ({ life, reference: await undisturbed(life) }));
      this.#known.set(name, known);
    }
    return known;
  }
}
