import { isDeepStrictEqual } from "node:util";
import { ConflictError, KubeError } from "../../../src/kube/errors.ts";
import { formatKey, type KubeObject, type ObjectKey, type ObjectMeta } from "../../../src/kube/object-store.ts";
import { apiVersion, kind } from "../../../src/kube/resource.ts";
import type { ListWatch, WatchEvent } from "../../../src/watch/informer.ts";

/** What a user writes: the object without what the server adds. */
export interface Manifest<Spec> extends ObjectKey {
  readonly spec: Spec;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

type Change = { readonly version: number; readonly event: WatchEvent };

/**
 * The part of an API server's behaviour that the operator's object sees, in memory: one growing resourceVersion for all
 * objects, a write that changes nothing keeps it, generation follows the spec and deletion, finalizers hold a deletion up, and
 * watches tell all changes in order. Objects are immutable: what a caller holds never changes. The contract suite holds it to
 * the real server's behaviour.
 */
export class MemoryCluster<Spec, Status> {
  readonly #objects = new Map<string, KubeObject<Spec, Status>>();
  readonly #watchers = new Set<(end: KubeError | Change | undefined) => void>();
  #history: Change[] = [];
  #version = 0;
  #compactedTo = 0;
  #uids = 0;

  get(key: ObjectKey): KubeObject<Spec, Status> | undefined {
    return this.#objects.get(formatKey(key));
  }

  list(): readonly KubeObject<Spec, Status>[] {
    return [...this.#objects.values()];
  }

  create(manifest: Manifest<Spec>): KubeObject<Spec, Status> {
    if (this.get(manifest) !== undefined) throw new KubeError(409, "AlreadyExists", `${formatKey(manifest)} exists`);
    const { spec, ...metadata } = structuredClone(manifest);
    const added = {
      uid: `uid-${++this.#uids}`,
      resourceVersion: "",
      generation: 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
    };
    return this.#store("ADDED", { apiVersion, kind, metadata: { ...metadata, ...added }, spec });
  }

  /** Replaces spec, status or metadata by what `edit` returns for the object as it is. */
  update(
    key: ObjectKey,
    edit: (object: KubeObject<Spec, Status>) => KubeObject<Spec, Status>,
  ): KubeObject<Spec, Status> {
    const before = this.get(key);
    if (before === undefined) throw new KubeError(404, "NotFound", `${formatKey(key)} not found`);
    const edited: KubeObject<Spec, Status> = JSON.parse(JSON.stringify(edit(before)));
    const { uid, resourceVersion } = before.metadata;
    if (edited.metadata.uid !== uid) throw new ConflictError(`${formatKey(key)} has uid ${uid}`);
    if (edited.metadata.resourceVersion !== resourceVersion) throw new ConflictError(`${formatKey(key)} has changed`);
    const deletion = edited.metadata.deletionTimestamp !== before.metadata.deletionTimestamp;
    const changed = deletion || !isDeepStrictEqual(edited.spec, before.spec);
    const generation = before.metadata.generation + (changed ? 1 : 0);
    const after = { ...edited, metadata: { ...edited.metadata, generation } };
    if (isDeepStrictEqual(after, before)) return before;
    const isFinalized = (after.metadata.finalizers ?? []).length === 0;
    if (after.metadata.deletionTimestamp !== undefined && isFinalized) return this.#remove(after);
    return this.#store("MODIFIED", after);
  }

  /** Asks for deletion: at once, or when the last finalizer is removed. */
  delete(key: ObjectKey): void {
    const deletionTimestamp = "2026-01-01T00:00:01Z";
    this.update(key, (object) => ({ ...object, metadata: { ...object.metadata, deletionTimestamp } }));
  }

  /** What an informer reads. */
  readonly source: ListWatch = {
    list: async () => ({ resourceVersion: String(this.#version), items: this.list().map(({ metadata }) => metadata) }),
    watch: (resourceVersion, onEvent, signal) => this.#watch(Number(resourceVersion), onEvent, signal),
  };

  /** Ends all watches, in good order or as a broken connection does. */
  disconnect(error?: KubeError): void {
    for (const watcher of [...this.#watchers]) watcher(error);
  }

  /** Drops the history, so that a watch from before is told 410. */
  compact(): void {
    this.#history = [];
    this.#compactedTo = this.#version;
  }

  #watch(from: number, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void> {
    if (from < this.#compactedTo) {
      onEvent({ type: "ERROR", status: 410, message: "too old resource version" });
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#watchers.delete(watcher);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const watcher = (change: KubeError | Change | undefined) => {
        if (change === undefined) return end();
        if (!(change instanceof KubeError)) return onEvent(change.event);
        reject(change);
        end();
      };
      this.#watchers.add(watcher);
      signal.addEventListener("abort", end, { once: true });
      for (const { version, event } of this.#history) if (version > from) onEvent(event);
    });
  }

  #store(type: "ADDED" | "MODIFIED", object: KubeObject<Spec, Status>): KubeObject<Spec, Status> {
    const version = ++this.#version;
    const stored = freeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    this.#objects.set(formatKey(stored.metadata), stored);
    this.#tell({ version, event: { type, metadata: stored.metadata } });
    return stored;
  }

  #remove(object: KubeObject<Spec, Status>): KubeObject<Spec, Status> {
    const version = ++this.#version;
    const metadata: ObjectMeta = { ...object.metadata, resourceVersion: String(version) };
    this.#objects.delete(formatKey(metadata));
    this.#tell({ version, event: { type: "DELETED", metadata } });
    return { ...object, metadata };
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const watcher of [...this.#watchers]) watcher(change);
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
  return value;
}
