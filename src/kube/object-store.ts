/** Where an object is. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, as kubectl and client-go write a key. */
export function formatKey(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}

/** The opposite of {@link formatKey}. Neither part of a Kubernetes name can hold a slash. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/**
 * What the API server keeps about an object:
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export interface ObjectMeta extends ObjectKey {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Grows by one with each change of the spec, and when deletion is asked for; not with status or metadata. */
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface KubeObject<Spec, Status> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: Status;
}

/** What an event tells a person: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export interface EventNote {
  readonly type: "Normal" | "Warning";
  /** Why, in UpperCamelCase, one of a small stable set. */
  readonly reason: string;
  /** What the operator did, in UpperCamelCase. */
  readonly action: string;
  /** For people; cut at 1,024 bytes, the server's bound. */
  readonly message: string;
}

export interface SecretData {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Decoded from base64. Values are UTF-8 text. */
  readonly data: ReadonlyMap<string, string>;
}

/**
 * Everything the operator reads from and writes to Kubernetes. Any method rejects with a KubeError when the server refuses
 * or does not answer in time; after a write without an answer (status 0) its effect is unknown. No method retries a write
 * whose effect is unknown.
 */
export interface ObjectStore<Spec, Status> {
  /** The object as the server has it now, never from a cache. Undefined only when the server says that there is none. */
  get(key: ObjectKey): Promise<KubeObject<Spec, Status> | undefined>;

  /** All objects, as the server has them now. */
  list(): Promise<readonly KubeObject<Spec, Status>[]>;

  /**
   * Calls `onEvent` with the key of every object that exists, and then of each one that is created, deleted or changed in
   * spec, labels, annotations, finalizers or deletionTimestamp, until `signal` aborts. A change of status alone is not told:
   * the operator is its only writer, and would wake itself. Changes made while the server is away are told once it is back;
   * several changes may be told as one. Never rejects, whatever the server or `onEvent` does.
   */
  watch(onEvent: (key: ObjectKey) => void, signal: AbortSignal): Promise<void>;

  /**
   * Replaces the operator's status by `status` and returns the object as it then is. Equal status is no write: the
   * resourceVersion stays. The write is refused with ConflictError when the object is gone or is another one of the same
   * name (uid), and when its status is no longer the one in `object`: another process wrote it, so the caller's picture is
   * old. A change of spec or metadata since does not matter. So pass on the object that the previous call returned.
   */
  applyStatus(object: KubeObject<Spec, Status>, status: Status): Promise<KubeObject<Spec, Status>>;

  /** Adds the finalizer unless `object` has it, and returns the object as it then is. ConflictError when the object is gone, another one, or being deleted. */
  addFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<KubeObject<Spec, Status>>;

  /** Removes the finalizer if it is there; the last one of an object being deleted ends it. No error when the object is gone. */
  removeFinalizer(object: KubeObject<Spec, Status>, name: string): Promise<void>;

  /** The Secret as it is now, undefined when there is none. SecretForbiddenError where its namespace does not let the operator read it. */
  secret(namespace: string, name: string): Promise<SecretData | undefined>;

  /**
   * Tells people about `object`. The same note again counts up the event instead of making another; an object that tells too
   * much is cut short. Never rejects: an event that cannot be written fails nothing.
   */
  event(object: KubeObject<Spec, Status>, note: EventNote): Promise<void>;

  /** Stable identity of the cluster: the uid of its kube-system namespace. */
  clusterId(): Promise<string>;
}
