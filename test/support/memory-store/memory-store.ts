import { isDeepStrictEqual } from "node:util";
import { type Clock, systemClock } from "../../../src/clock.ts";
import { ConflictError, SecretForbiddenError } from "../../../src/kube/errors.ts";
import type { EventNote, KubeObject, ObjectKey, ObjectStore, SecretData } from "../../../src/kube/object-store.ts";
import { formatKey } from "../../../src/kube/object-store.ts";
import { runInformer } from "../../../src/watch/informer.ts";
import { MemoryCluster } from "./memory-cluster.ts";

/** A call of the operator, before or after its effect. */
export interface Call {
  readonly method: keyof ObjectStore<unknown, unknown>;
  /** Of the object, or of the Secret. */
  readonly key?: ObjectKey;
}

/**
 * Faults to play. What `before` throws is thrown instead of the call, without an effect; what `after` throws is thrown once the
 * effect has happened, as a lost answer is. Either may wait, and may change the cluster meanwhile, as another process would.
 */
export interface Faults {
  before?(call: Call): void | Promise<void>;
  after?(call: Call): void | Promise<void>;
}

/** An Event as the cluster keeps it. */
export interface RecordedEvent extends EventNote {
  readonly uid: string;
  readonly count: number;
}

/** An {@link ObjectStore} over a cluster in memory, which a test edits as a user would, with faults that it scripts. */
export class MemoryStore<Spec, Status> implements ObjectStore<Spec, Status> {
  readonly cluster: MemoryCluster<Spec, Status>;
  readonly faults: Faults = {};
  readonly events: RecordedEvent[] = [];
  /** Identity of the cluster: another one for another cluster. */
  clusterUid = "00000000-0000-4000-8000-000000000000";
  readonly #secrets = new Map<string, SecretData>();
  readonly #closedNamespaces = new Set<string>();
  readonly #clock: Clock;
  #versions = 0;

  constructor(clock: Clock = systemClock, cluster = new MemoryCluster<Spec, Status>()) {
    this.#clock = clock;
    this.cluster = cluster;
  }

  putSecret(namespace: string, name: string, data: Readonly<Record<string, string>>): void {
    const key = formatKey({ namespace, name });
    const uid = this.#secrets.get(key)?.uid ?? `secret-${++this.#versions}`;
    this.#secrets.set(key, { uid, resourceVersion: String(++this.#versions), data: new Map(Object.entries(data)) });
  }

  removeSecret(namespace: string, name: string): void {
    this.#secrets.delete(formatKey({ namespace, name }));
  }

  /** Takes or gives back the right to read the Secrets of a namespace. */
  allowSecrets(namespace: string, allowed: boolean): void {
    if (allowed) this.#closedNamespaces.delete(namespace);
    else this.#closedNamespaces.add(namespace);
  }

  get(key: ObjectKey): Promise<KubeObject<Spec, Status> | undefined> {
    return this.#call({ method: "get", key }, () => this.cluster.get(key));
  }

  list(): Promise<readonly KubeObject<Spec, Status>[]> {
    return this.#call({ method: "list" }, () => this.cluster.list());
  }

  watch(onEvent: (key: ObjectKey) => void, signal: AbortSignal): Promise<void> {
    return runInformer({ source: this.cluster.source, clock: this.#clock, onEvent, onError: () => {} }, signal);
  }

  applyStatus(object: KubeObject<Spec, Status>, status: Status): Promise<KubeObject<Spec, Status>> {
    return this.#call({ method: "applyStatus", key: object.metadata }, () => {
      const live = this.#same(object);
      const unseen = live.metadata.resourceVersion !== object.metadata.resourceVersion;
      if (unseen && !isDeepStrictEqual(live.status, object.status)) {
        throw new ConflictError(`${formatKey(object.metadata)}: another process wrote its status`);
      }
      return this.cluster.update(object.metadata, (latest) => ({ ...latest, status }));
    });
  }

  addFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<KubeObject<Spec, Status>> {
    return this.#call({ method: "addFinalizer", key: object.metadata }, () => {
      if (object.metadata.finalizers?.includes(name)) return object;
      const { finalizers = [], deletionTimestamp } = this.#same(object).metadata;
      if (finalizers.includes(name)) return this.#same(object);
      if (deletionTimestamp !== undefined) throw new ConflictError(`${formatKey(object.metadata)} is being deleted`);
      return this.#setFinalizers(object, [...finalizers, name]);
    });
  }

  removeFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<void> {
    return this.#call({ method: "removeFinalizer", key: object.metadata }, () => {
      const live = this.cluster.get(object.metadata);
      if (live?.metadata.uid !== object.metadata.uid) return;
      const others = (live.metadata.finalizers ?? []).filter((other) => other !== name);
      this.#setFinalizers(object, others);
    });
  }

  secret(namespace: string, name: string): Promise<SecretData | undefined> {
    return this.#call({ method: "secret", key: { namespace, name } }, () => {
      if (this.#closedNamespaces.has(namespace)) throw new SecretForbiddenError(namespace, name);
      return this.#secrets.get(formatKey({ namespace, name }));
    });
  }

  async event(object: KubeObject<Spec, Status>, note: EventNote): Promise<void> {
    const record = () => {
      const { uid } = object.metadata;
      const same = this.events.findIndex(({ count, ...event }) => isDeepStrictEqual(event, { uid, ...note }));
      const known = this.events[same];
      if (known === undefined) this.events.push({ uid, ...note, count: 1 });
      else this.events[same] = { ...known, count: known.count + 1 };
    };
    await this.#call({ method: "event", key: object.metadata }, record).catch(() => {});
  }

  clusterId(): Promise<string> {
    return this.#call({ method: "clusterId" }, () => this.clusterUid);
  }

  async #call<T>(call: Call, effect: () => T): Promise<T> {
    await this.faults.before?.(call);
    const result = effect();
    await this.faults.after?.(call);
    return result;
  }

  #same(object: KubeObject<Spec, Status>): KubeObject<Spec, Status> {
    const live = this.cluster.get(object.metadata);
    if (live?.metadata.uid === object.metadata.uid) return live;
    throw new ConflictError(`${formatKey(object.metadata)} of uid ${object.metadata.uid} is gone`);
  }

  #setFinalizers(object: KubeObject<Spec, Status>, finalizers: readonly string[]): KubeObject<Spec, Status> {
    return this.cluster.update(object.metadata, (latest) => {
      const { finalizers: _, ...metadata } = latest.metadata;
      return { ...latest, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
    });
  }
}
