import type { DeletionPolicy } from "../graph/graph.ts";
import type { Refusal, ResourceType } from "../kinds/kind.ts";

/** A create that was announced and whose answer is not recorded yet. */
export interface Intent {
  /** UUID, fresh for every attempt whose predecessor's effect is known: the client token where AWS takes one. */
  readonly nonce: string;
  readonly name: string;
  /** Create-only props, resolved: with the name and the owner tags, all that `find` needs once the spec is gone. */
  readonly props: Readonly<Record<string, unknown>>;
  /** Of everything that was sent: a client token may be sent again only with the same. */
  readonly digest: string;
}

/** One resource that is ours, or may be. Kept in `status.resources`: deletion needs nothing else. */
export interface InventoryEntry {
  readonly node: string;
  readonly type: ResourceType;
  /** Physical id. */
  readonly id?: string | undefined;
  readonly intent?: Intent | undefined;
  /** Nodes that it depends on: it is deleted before them. */
  readonly after: readonly string[];
  readonly policy?: DeletionPolicy | undefined;
  /** Replaced, or a twin: goes as soon as nothing uses it. */
  readonly superseded?: true | undefined;
  /** It left the spec and is kept: also later, with what it lives in. */
  readonly retained?: true | undefined;
  /** Values that AWS gave up on: not sent again until the spec asks for others. */
  readonly refused?: Refusal | undefined;
  readonly agent?: string | undefined;
}

export type Meta = Pick<InventoryEntry, "after" | "policy" | "agent">;

/**
 * The inventory of one object during one pass. Changes are in memory until `save`; saves that are asked for while one
 * is under way are written together by the next, so that a wave of creates costs a few status writes and not two each.
 */
export class Inventory {
  #entries: InventoryEntry[];
  readonly #write: (entries: readonly InventoryEntry[]) => Promise<void>;
  #dirty = false;
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(entries: readonly InventoryEntry[], write: (entries: readonly InventoryEntry[]) => Promise<void>) {
    this.#entries = [...entries];
    this.#write = write;
  }

  get entries(): readonly InventoryEntry[] {
    return this.#entries;
  }

  /** The entry that stands for the node now: not one that was replaced. */
  current(node: string): InventoryEntry | undefined {
    return this.#entries.find((entry) => entry.node === node && !entry.superseded);
  }

  /** Ids of what was replaced or is a twin: `find` must not take one of them for the node. */
  supersededIds(node: string): ReadonlySet<string> {
    return new Set(this.#entries.flatMap((e) => (e.node === node && e.superseded && e.id ? [e.id] : [])));
  }

  /** Announces a create. Save before calling AWS. */
  intend(node: string, type: ResourceType, intent: Intent, meta: Meta): void {
    this.#put({ node, type, intent, ...meta });
  }

  /** The id is known: the intent is answered. */
  record(node: string, type: ResourceType, id: string, meta: Meta): void {
    const before = this.current(node);
    if (before?.id === id && !before.intent && !before.retained && sameMeta(before, meta)) return;
    this.#put({ node, type, id, ...meta, refused: before?.refused });
  }

  /** AWS has certainly not acted on the intent. */
  withdraw(node: string): void {
    const entry = this.current(node);
    if (entry?.intent && !entry.id) this.remove(entry);
  }

  refuse(node: string, refused: InventoryEntry["refused"]): void {
    const entry = this.current(node);
    if (entry && JSON.stringify(entry.refused) !== JSON.stringify(refused)) this.#put({ ...entry, refused });
  }

  /** Nothing desires it any more, and it is kept. */
  retain(entry: InventoryEntry): void {
    if (!entry.retained) this.#put({ ...entry, retained: true });
  }

  /** The node's resource is to be replaced: it keeps its place in the order of deletion. */
  supersede(node: string): void {
    const entry = this.current(node);
    if (!entry) return;
    this.remove(entry);
    if (entry.id) this.#entries.push({ ...entry, superseded: true });
  }

  addTwin(node: string, type: ResourceType, id: string, meta: Meta): void {
    if (this.#entries.some((entry) => entry.type === type && entry.id === id)) return;
    this.#entries.push({ node, type, id, ...meta, superseded: true });
    this.#dirty = true;
  }

  remove(entry: InventoryEntry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#dirty = true;
  }

  /** Resolves when everything changed so far is written. Rejects when the write failed: then nothing more may be created. */
  async save(): Promise<void> {
    if (!this.#dirty && !this.#writing) return;
    if (!this.#writing) return this.#start();
    this.#next ??= this.#writing.catch(() => undefined).then(() => this.#start());
    return this.#next;
  }

  async #start(): Promise<void> {
    this.#next = undefined;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#writing = this.#write(this.#entries).catch((error: unknown) => {
      this.#dirty = true;
      throw error;
    });
    try {
      await this.#writing;
    } finally {
      this.#writing = undefined;
    }
  }

  #put(entry: InventoryEntry): void {
    const before = this.current(entry.node);
    const clean = Object.fromEntries(
      Object.entries(entry).filter(([, value]) => value !== undefined),
    ) as unknown as InventoryEntry;
    this.#entries = before
      ? this.#entries.map((other) => (other === before ? clean : other))
      : [...this.#entries, clean];
    this.#dirty = true;
  }
}

function sameMeta(a: Meta, b: Meta): boolean {
  return a.policy === b.policy && a.agent === b.agent && a.after.join() === b.after.join();
}
