import type { Table } from "./world.ts";

/** How a row looked until `until`; undefined: it was not there. */
interface View<T> {
  readonly row: T | undefined;
  readonly until: number;
}

export interface Viewpoint {
  /** The moment whose state AWS would show by now. */
  shownAt(): number;
  now(): number;
  /** When a write of this moment will be visible everywhere. */
  visibleAt(): number;
}

/** Old views are kept this long, for reads that a fault makes staler than the world's own lag. */
const KEEP_VIEWS_MS = 60_000;

/**
 * A table that remembers for a while how its rows looked, so that reads can be behind. A row that `shown` gives may be
 * the row itself: nobody changes what a read gave, and rules change rows by `change` only.
 */
export class VersionedTable<T extends object> implements Table<T> {
  readonly #rows = new Map<string, T>();
  /** Oldest first. */
  readonly #views = new Map<string, View<T>[]>();
  readonly #viewpoint: Viewpoint;
  #all: readonly T[] | undefined;
  /** When the last write is visible everywhere: from then on reads and rows are the same. */
  #settled = Number.NEGATIVE_INFINITY;

  constructor(viewpoint: Viewpoint) {
    this.#viewpoint = viewpoint;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  all(): readonly T[] {
    this.#all ??= [...this.#rows.values()];
    return this.#all;
  }

  put(id: string, row: T): T {
    this.#remember(id);
    this.#rows.set(id, row);
    return row;
  }

  /** @throws when there is no such row: a rule that would change it has not looked. */
  change(id: string, with_: (row: T) => void): T {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`no row ${id} to change`);
    this.#remember(id);
    with_(row);
    return row;
  }

  remove(id: string): void {
    if (!this.#rows.has(id)) return;
    this.#remember(id);
    this.#rows.delete(id);
  }

  shown(id: string): T | undefined {
    const view = this.#viewAt(id, this.#viewpoint.shownAt());
    return view ? view.row : this.#rows.get(id);
  }

  shownAll(): readonly T[] {
    const at = this.#viewpoint.shownAt();
    if (at >= this.#settled) return this.all();
    const rows: T[] = [];
    for (const [id, row] of this.#rows) {
      const view = this.#viewAt(id, at);
      const shown = view ? view.row : row;
      if (shown) rows.push(shown);
    }
    for (const id of this.#views.keys()) {
      if (this.#rows.has(id)) continue;
      const gone = this.#viewAt(id, at)?.row;
      if (gone) rows.push(gone);
    }
    return rows;
  }

  #viewAt(id: string, at: number): View<T> | undefined {
    const views = this.#views.get(id);
    return views?.find((view) => view.until > at);
  }

  #remember(id: string): void {
    this.#all = undefined;
    const forget = this.#viewpoint.now() - KEEP_VIEWS_MS;
    const kept = (this.#views.get(id) ?? []).filter((view) => view.until > forget);
    // A later write is never seen before an earlier one.
    const until = Math.max(this.#viewpoint.visibleAt(), kept.at(-1)?.until ?? 0);
    kept.push({ row: copy(this.#rows.get(id)), until });
    this.#settled = Math.max(this.#settled, until);
    this.#views.delete(id); // so that entries stand in the order of their last write
    this.#views.set(id, kept);
    for (const [old, views] of this.#views) {
      if ((views.at(-1)?.until ?? 0) > forget) break;
      this.#views.delete(old);
    }
  }
}

/** A deep copy of plain objects, arrays, maps and sets; anything else (dates, functions, buffers) is shared. */
function copy<V>(value: V): V {
  if (Array.isArray(value)) return value.map(copy) as V;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)])) as V;
  if (value instanceof Set) return new Set([...value].map(copy)) as V;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const made: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) made[key] = copy(item);
  return made as V;
}
