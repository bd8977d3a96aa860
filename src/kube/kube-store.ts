import { isDeepStrictEqual } from "node:util";
import { type Clock, systemClock } from "../clock.ts";
import { runInformer } from "../watch/informer.ts";
import { ConflictError, hasStatus, isNotFound, SecretForbiddenError } from "./errors.ts";
import { EventRecorder } from "./event-recorder.ts";
import type { KubeHttp } from "./http.ts";
import { listWatchOver } from "./list-watch.ts";
import type { EventNote, KubeObject, ObjectKey, ObjectStore, SecretData } from "./object-store.ts";
import { formatKey } from "./object-store.ts";
import { allObjectsPath, apiVersion, fieldManager, kind, objectPath } from "./resource.ts";

// Each attempt loses only to another writer's success, of whom there are few.
const attempts = 5;

/** The {@link ObjectStore} over a Kubernetes API server. `onError` is told of what the port promises not to throw. */
export class KubeStore<Spec, Status> implements ObjectStore<Spec, Status> {
  readonly #http: KubeHttp;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #events: EventRecorder;
  #clusterId: string | undefined;

  constructor(http: KubeHttp, onError: (error: unknown) => void, clock: Clock = systemClock) {
    this.#http = http;
    this.#clock = clock;
    this.#onError = onError;
    this.#events = new EventRecorder(http, onError);
  }

  async get(key: ObjectKey): Promise<KubeObject<Spec, Status> | undefined> {
    return (await this.#find(objectPath(key))) as KubeObject<Spec, Status> | undefined;
  }

  async list(): Promise<readonly KubeObject<Spec, Status>[]> {
    const answer = (await this.#http.request("GET", allObjectsPath)) as { items: KubeObject<Spec, Status>[] };
    // A list names the type once, for all items.
    return answer.items.map((item) => ({ ...item, apiVersion, kind }));
  }

  watch(onEvent: (key: ObjectKey) => void, signal: AbortSignal): Promise<void> {
    const source = listWatchOver(this.#http, allObjectsPath);
    return runInformer({ source, clock: this.#clock, onEvent, onError: this.#onError }, signal);
  }

  async applyStatus(object: KubeObject<Spec, Status>, status: Status): Promise<KubeObject<Spec, Status>> {
    return this.#onLatest(object, (latest) => {
      if (!isDeepStrictEqual(latest.status, object.status))
        throw new ConflictError(`${nameOf(object)}: another process wrote its status`);
      const { name, namespace, uid, resourceVersion } = latest.metadata;
      const body = { apiVersion, kind, metadata: { name, namespace, uid, resourceVersion }, status };
      const query = { fieldManager, force: "true" };
      const contentType = "application/apply-patch+yaml";
      return this.#http.request("PATCH", `${objectPath(object.metadata)}/status`, { body, query, contentType });
    });
  }

  async addFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<KubeObject<Spec, Status>> {
    return this.#onLatest(object, async (latest) => {
      const present = latest.metadata.finalizers ?? [];
      if (present.includes(name)) return latest;
      if (latest.metadata.deletionTimestamp !== undefined)
        throw new ConflictError(`${nameOf(object)} is being deleted`);
      return this.#setFinalizers(latest, [...present, name]);
    });
  }

  async removeFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<void> {
    // Read first: a picture from before the finalizer was added would say that there is nothing to do.
    const live = await this.get(object.metadata);
    if (live?.metadata.uid !== object.metadata.uid) return;
    const remove = async (latest: KubeObject<Spec, Status>): Promise<unknown> => {
      const present = latest.metadata.finalizers ?? [];
      if (!present.includes(name)) return latest;
      const others = present.filter((other) => other !== name);
      return this.#setFinalizers(latest, others);
    };
    await this.#onLatest(live, remove).catch((error: unknown) => {
      if (!(error instanceof GoneError)) throw error;
    });
  }

  async secret(namespace: string, name: string): Promise<SecretData | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
    try {
      const found = (await this.#find(path)) as KubeSecret | undefined;
      if (found === undefined) return undefined;
      const decoded = Object.entries(found.data ?? {}).map(
        ([key, value]) => [key, Buffer.from(value, "base64").toString()] as const,
      );
      return { uid: found.metadata.uid, resourceVersion: found.metadata.resourceVersion, data: new Map(decoded) };
    } catch (error) {
      if (hasStatus(error, 403)) throw new SecretForbiddenError(namespace, name);
      throw error;
    }
  }

  event(object: KubeObject<Spec, Status>, note: EventNote): Promise<void> {
    return this.#events.record(object, note);
  }

  async clusterId(): Promise<string> {
    if (this.#clusterId === undefined) {
      const namespace = (await this.#http.request("GET", "/api/v1/namespaces/kube-system")) as {
        metadata: { uid: string };
      };
      this.#clusterId = namespace.metadata.uid;
    }
    return this.#clusterId;
  }

  /**
   * Calls `write` with `object`, which must refuse to write over a newer resourceVersion, and again with the object as it now is
   * while the server says that it has changed.
   */
  async #onLatest(
    object: KubeObject<Spec, Status>,
    write: (latest: KubeObject<Spec, Status>) => Promise<unknown>,
  ): Promise<KubeObject<Spec, Status>> {
    let latest = object;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await write(latest)) as KubeObject<Spec, Status>;
      } catch (error) {
        const stale = error instanceof ConflictError || isNotFound(error);
        if (!stale || attempt === attempts) throw error;
        const now = await this.get(object.metadata);
        if (now?.metadata.uid !== object.metadata.uid)
          throw new GoneError(`${nameOf(object)} of uid ${object.metadata.uid} is gone`);
        if (now.metadata.resourceVersion === latest.metadata.resourceVersion) throw error;
        latest = now;
      }
    }
  }

  #setFinalizers(object: KubeObject<Spec, Status>, finalizers: readonly string[]): Promise<unknown> {
    const { uid, resourceVersion } = object.metadata;
    const body = { metadata: { uid, resourceVersion, finalizers } };
    const query = { fieldManager };
    return this.#http.request("PATCH", objectPath(object.metadata), {
      body,
      query,
      contentType: "application/merge-patch+json",
    });
  }

  async #find(path: string): Promise<unknown> {
    try {
      return await this.#http.request("GET", path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

interface KubeSecret {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** The object is gone or another one has its name. */
class GoneError extends ConflictError {}

function nameOf(object: KubeObject<unknown, unknown>): string {
  return `${object.kind} ${formatKey(object.metadata)}`;
}
