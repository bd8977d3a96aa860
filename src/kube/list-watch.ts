import type { ListWatch, WatchEvent } from "../watch/informer.ts";
import type { KubeHttp } from "./http.ts";
import type { ObjectMeta } from "./object-store.ts";

// The server sends a bookmark two seconds before it ends a watch, so these seconds bound how old the version of a quiet watch
// is, and what is silent for longer than this is dead: k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go, nextBookmarkTime.
const watchSeconds = 7;
const silenceMs = 10_000;

// Metadata is all that an informer compares: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
const metadataOf = (shape: string) => `application/json;as=${shape};g=meta.k8s.io;v=v1,application/json`;

/** Lists and watches the objects at `path`, metadata alone. A silent connection is given up after ten seconds. */
export function listWatchOver(http: KubeHttp, path: string): ListWatch {
  return {
    async list(signal) {
      const accept = metadataOf("PartialObjectMetadataList");
      const answer = (await http.request("GET", path, { accept, signal, timeoutMs: silenceMs })) as {
        metadata: { resourceVersion: string };
        // A list of metadata that holds nothing says null: k8s.io/apiserver/pkg/endpoints/handlers/response.go.
        items: { metadata: ObjectMeta }[] | null;
      };
      const items = (answer.items ?? []).map(({ metadata }) => metadata);
      return { resourceVersion: answer.metadata.resourceVersion, items };
    },
    async watch(resourceVersion, onEvent, signal) {
      const query = {
        watch: "true",
        resourceVersion,
        allowWatchBookmarks: "true",
        timeoutSeconds: String(watchSeconds),
      };
      const accept = metadataOf("PartialObjectMetadata");
      await http.stream(path, (item) => onEvent(readEvent(item)), silenceMs, { query, accept, signal });
    },
  };
}

function readEvent(item: unknown): WatchEvent {
  const event = item as { type: string; object: { metadata: ObjectMeta; code?: number; message?: string } };
  if (event.type === "ERROR") {
    return { type: "ERROR", status: event.object.code ?? 500, message: event.object.message ?? "watch failed" };
  }
  return { type: event.type as "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK", metadata: event.object.metadata };
}
