import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { isNotFound } from "./errors.ts";
import type { KubeHttp } from "./http.ts";
import { microTime } from "./micro-time.ts";
import type { EventNote, KubeObject } from "./object-store.ts";
import { TokenBuckets } from "./token-buckets.ts";

interface Series {
  readonly path: string;
  count: number;
  /** Writes of one event follow each other, or the count of an earlier one could win. */
  last: Promise<void>;
}

// The server keeps events for an hour, so series beyond this many are either over or the cluster has other troubles.
const rememberedSeries = 2_000;
const noteBound = 1_024;

/**
 * Writes Events of events.k8s.io/v1. The same note about the same object becomes one Event whose series counts; an object may
 * write 50 at once and then one every ten seconds, as the rest is only counted (known notes) or dropped (new ones).
 */
export class EventRecorder {
  readonly #http: KubeHttp;
  readonly #onError: (error: unknown) => void;
  readonly #buckets = new TokenBuckets(50, 10_000);
  readonly #series = new Map<string, Series>();
  readonly #instance = hostname();

  constructor(http: KubeHttp, onError: (error: unknown) => void) {
    this.#http = http;
    this.#onError = onError;
  }

  /** Resolves when the Event is written, counted or given up. Never rejects. */
  async record(object: KubeObject<unknown, unknown>, note: EventNote): Promise<void> {
    const key = JSON.stringify([object.metadata.uid, note.type, note.reason, note.action, note.message]);
    const known = this.#series.get(key);
    if (known !== undefined) known.count += 1;
    if (!this.#buckets.take(object.metadata.uid, performance.now())) return;
    const series = known ?? this.#begin(object);
    this.#series.delete(key);
    this.#series.set(key, series);
    if (this.#series.size > rememberedSeries) this.#series.delete(this.#series.keys().next().value ?? "");
    const write = () => (known === undefined ? this.#create(series, object, note) : this.#count(series, object, note));
    series.last = series.last.then(write).catch((error: unknown) => {
      if (known === undefined) this.#series.delete(key);
      this.#onError(error);
    });
    await series.last;
  }

  #begin(object: KubeObject<unknown, unknown>): Series {
    const { namespace, name } = object.metadata;
    const eventName = `${name.slice(0, 200)}.${randomBytes(8).toString("hex")}`;
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events/${eventName}`;
    return { path, count: 1, last: Promise.resolve() };
  }

  async #create(series: Series, object: KubeObject<unknown, unknown>, note: EventNote): Promise<void> {
    const { namespace, name, uid } = object.metadata;
    const slash = series.path.lastIndexOf("/");
    const body = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: series.path.slice(slash + 1), namespace },
      eventTime: microTime(),
      reportingController: "agentorchestrator.io/operator",
      reportingInstance: this.#instance,
      type: note.type,
      reason: note.reason,
      action: note.action,
      note: cut(note.message),
      regarding: { apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid },
    };
    await this.#http.request("POST", series.path.slice(0, slash), { body, timeoutMs: 5_000 });
  }

  async #count(series: Series, object: KubeObject<unknown, unknown>, note: EventNote): Promise<void> {
    const body = { series: { count: series.count, lastObservedTime: microTime() } };
    const contentType = "application/merge-patch+json";
    try {
      await this.#http.request("PATCH", series.path, { body, contentType, timeoutMs: 5_000 });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      series.count = 1;
      await this.#create(series, object, note);
    }
  }
}

/** The server counts bytes of UTF-8. A character that is cut in two goes as a whole. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= noteBound) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, noteBound - 3), { stream: true })}…`;
}
