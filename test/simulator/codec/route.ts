import type { OperationModel } from "./service-model.ts";
import type { WireRequest } from "./wire.ts";

/** Where a REST operation is found: its `http` trait (Smithy, "HTTP binding traits"). */
export interface Route {
  readonly operation: OperationModel;
  /** Higher: more specific, tried first. */
  readonly rank: number;
  /** The decoded labels of the path, or undefined when the request is for another operation. */
  match(method: string, path: string, query: URLSearchParams): Readonly<Record<string, string>> | undefined;
}

/** @param uri as "/{Key+}?tagging&x-id=PutObjectTagging": the constants after "?" must stand in the request's query */
export function routeOf(method: string, uri: string, operation: OperationModel): Route {
  const [path = "", search = ""] = uri.split("?");
  const constants = [...new URLSearchParams(search)].filter(([key]) => key !== "x-id");
  const id = new URLSearchParams(search).get("x-id");
  const labels: string[] = [];
  const pattern = path.replace(/\/$/, "").replace(/\{(\w+)(\+?)\}/g, (_whole, label: string, greedy: string) => {
    labels.push(label);
    return greedy ? "(.+)" : "([^/]+)";
  });
  const regexp = new RegExp(`^${pattern}/?$`);
  return {
    operation,
    rank: constants.length * 1000 + path.length + (id ? 0.5 : 0),
    match(requestMethod, requestPath, query) {
      if (requestMethod !== method) return undefined;
      const given = query.get("x-id");
      if (id && given && given !== id) return undefined;
      if (!constants.every(([key, value]) => query.has(key) && (value === "" || query.get(key) === value)))
        return undefined;
      const found = regexp.exec(requestPath);
      if (!found) return undefined;
      return Object.fromEntries(labels.map((label, index) => [label, decodeURIComponent(found[index + 1] ?? "")]));
    },
  };
}

/**
 * The bucket of an S3 request, named by the host (bucket.s3.region.amazonaws.com, bucket.localhost) or by the first
 * part of the path, and the path behind it (S3 User Guide, "Virtual hosting of general purpose buckets").
 */
export function bucketOf(request: WireRequest): { readonly bucket: string | undefined; readonly path: string } {
  const byHost = /^(.+)\.(?:s3[.-][\w.-]+|localhost)$/.exec(request.host)?.[1];
  if (byHost) return { bucket: byHost, path: request.path };
  const [, bucket = "", rest = ""] = /^\/([^/]*)(.*)$/.exec(request.path) ?? [];
  return { bucket: bucket === "" ? undefined : decodeURIComponent(bucket), path: rest === "" ? "/" : rest };
}
