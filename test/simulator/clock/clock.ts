import type { Clock } from "../../../src/clock.ts";
import type { WorldClock } from "../world.ts";

/** One time for the operator's engine (`sleep`) and for the world (`after`). */
export interface SimulatorClock extends Clock, WorldClock {
  /**
   * Tells the clock that somebody works who will need no time of this clock: virtual time stands still until the
   * function that it returns is called. Clocks that run by themselves take no notice.
   */
  busy(): () => void;
}
