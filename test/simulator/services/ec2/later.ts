import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";

/** Changes a row when AWS would have finished `what`, unless the row has gone by then. */
export function later<T extends object>(
  call: Call,
  what: string,
  table: (call: Call) => Table<T>,
  id: string,
  effect: (row: T) => void,
): void {
  call.world.clock.after(call.world.duration(what), () => {
    if (table(call).get(id)) table(call).change(id, effect);
  });
}
