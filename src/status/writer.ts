import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import type { InventoryEntry } from "../apply/inventory.ts";
import type { KubeObject, ObjectStore } from "../kube/object-store.ts";

/**
 * Writes the status of one object during one pass. Writes must not overlap: the inventory, which makes them while the
 * pass runs, takes care of that. A write that meets another writer's status is refused (ConflictError) and ends the
 * pass: the next one begins from what the server has.
 */
export class StatusWriter {
  readonly #store: ObjectStore<Spec, Status>;
  #object: KubeObject<Spec, Status>;
  #generation: number;

  constructor(store: ObjectStore<Spec, Status>, object: KubeObject<Spec, Status>) {
    this.#store = store;
    this.#object = object;
    this.#generation = object.metadata.generation;
  }

  /**
   * Of the spec that this pass carries out. An edit that arrives meanwhile shows in `object` after the next write: it is the
   * next pass's, and nothing is told of its generation before.
   */
  get generation(): number {
    return this.#generation;
  }

  /** As the server had it after the last write. */
  get object(): KubeObject<Spec, Status> {
    return this.#object;
  }

  /**
   * Takes a new object on: notes that nothing has been made for it, and only then holds its deletion up. So where a status
   * without `resources` stands beside the finalizer, the inventory was lost.
   */
  async begin(status: Omit<Status, "resources">, finalizer: string): Promise<void> {
    if (this.#object.status?.resources === undefined) await this.all(status, []);
    this.#object = await this.#store.addFinalizer(this.#object, finalizer);
    this.#generation = this.#object.metadata.generation;
  }

  async resources(entries: readonly InventoryEntry[]): Promise<void> {
    await this.#write({ ...this.#object.status, resources: stored(entries) });
  }

  async all(status: Omit<Status, "resources">, entries: readonly InventoryEntry[]): Promise<void> {
    await this.#write({ ...status, resources: stored(entries) });
  }

  /** The status of a pass that did not look at AWS: the inventory stays as it is, also when it is lost. */
  async allBut(status: Omit<Status, "resources">): Promise<void> {
    const { resources } = this.#object.status ?? {};
    await this.#write({ ...status, ...(resources && { resources }) });
  }

  async #write(status: Status): Promise<void> {
    this.#object = await this.#store.applyStatus(this.#object, status);
  }
}

function stored(entries: readonly InventoryEntry[]): NonNullable<Status["resources"]> {
  return JSON.parse(JSON.stringify(entries)) as NonNullable<Status["resources"]>;
}
