import type { Clock } from "../clock.ts";
import { KubeError } from "../kube/errors.ts";
import { formatKey, type ObjectKey, type ObjectMeta, parseKey } from "../kube/object-store.ts";
import { Backoff } from "./backoff.ts";

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly metadata: ObjectMeta }
  | { readonly type: "BOOKMARK"; readonly metadata: { readonly resourceVersion: string } }
  /** The server cannot go on: `status` 410 when its history no longer reaches back to where the watch began. */
  | { readonly type: "ERROR"; readonly status: number; readonly message: string };

/** The two requests an informer is made of: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
export interface ListWatch {
  list(signal: AbortSignal): Promise<{ readonly resourceVersion: string; readonly items: readonly ObjectMeta[] }>;
  /** Resolves when the server ends the watch in good order; rejects when it refuses, breaks or falls silent. */
  watch(resourceVersion: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

export interface InformerOptions {
  readonly source: ListWatch;
  readonly clock: Clock;
  readonly onEvent: (key: ObjectKey) => void;
  /** Told of what went wrong, the handler's own errors included; the informer goes on by itself. */
  readonly onError: (error: unknown) => void;
  /** A number from 0 to below 1; given by tests that must repeat. */
  readonly random?: () => number;
}

/**
 * Tells of every object that exists and then of each one that is created, deleted or changed, until `signal` aborts. It never
 * rejects and never gives up. Changes made while the server is dead, restarted, silent or without its history are told once it
 * answers, and only those: after a new list it compares with what it knew, so that nothing is told that did not change. Between
 * attempts it waits up to two seconds with full jitter.
 */
export async function runInformer(options: InformerOptions, signal: AbortSignal): Promise<void> {
  const { source, clock, onError } = options;
  const known = new Known(options.onEvent, onError);
  const backoff = new Backoff({ baseMs: 200, maxMs: 2_000, ...(options.random && { random: options.random }) });
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const listed = await source.list(signal);
        known.replace(listed.items);
        version = listed.resourceVersion;
      }
      const began = clock.now();
      let failure: KubeError | undefined;
      const follow = (event: WatchEvent) => {
        if (event.type === "ERROR") {
          failure = new KubeError(event.status, "WatchError", event.message);
          return;
        }
        version = event.metadata.resourceVersion;
        backoff.forget("");
        if (event.type !== "BOOKMARK") known.observe(event.type, event.metadata);
      };
      await source.watch(version, follow, signal);
      if (failure !== undefined) throw failure;
      // A server or proxy that ends watches as soon as they begin would otherwise be asked without a pause.
      if (clock.now() - began >= 1_000) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KubeError && cannotContinue(error)) version = undefined;
      onError(error);
    }
    await clock.sleep(backoff.next(""), signal);
  }
}

/**
 * Whether a watch can only begin anew from a list: 410 from a server whose history no longer reaches back so far, 504 from one
 * that was restored to before this version. Not so without an answer, and not where the server asks for patience.
 */
function cannotContinue(error: KubeError): boolean {
  return error.status !== 0 && error.status !== 429;
}

/** What was last told of each object. */
class Known {
  readonly #prints = new Map<string, string>();
  readonly #onEvent: (key: ObjectKey) => void;
  readonly #onError: (error: unknown) => void;

  constructor(onEvent: (key: ObjectKey) => void, onError: (error: unknown) => void) {
    this.#onEvent = onEvent;
    this.#onError = onError;
  }

  replace(items: readonly ObjectMeta[]): void {
    const gone = new Set(this.#prints.keys());
    for (const metadata of items) {
      gone.delete(formatKey(metadata));
      this.observe("MODIFIED", metadata);
    }
    for (const key of gone) {
      this.#prints.delete(key);
      this.#tell(parseKey(key));
    }
  }

  observe(type: "ADDED" | "MODIFIED" | "DELETED", metadata: ObjectMeta): void {
    const key = formatKey(metadata);
    const print = type === "DELETED" ? undefined : fingerprint(metadata);
    if (print !== undefined && this.#prints.get(key) === print) return;
    if (print === undefined) this.#prints.delete(key);
    else this.#prints.set(key, print);
    this.#tell({ namespace: metadata.namespace, name: metadata.name });
  }

  #tell(key: ObjectKey): void {
    try {
      this.#onEvent(key);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** All that a pass depends on but the status, which the operator alone writes. The generation stands for the spec. */
function fingerprint(metadata: ObjectMeta): string {
  const { uid, generation, deletionTimestamp, finalizers, annotations, labels } = metadata;
  return JSON.stringify([uid, generation, deletionTimestamp, finalizers, sorted(annotations), sorted(labels)]);
}

function sorted(map: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
