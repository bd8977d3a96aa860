import type { OperationModel } from "./service-model.ts";
import type { WireRequest } from "./wire.ts";

/** Where a REST operation is found: its `http` trait (Smithy, "HTTP binding traits"). */
export interface Route {
  readonly operation: OperationModel;
  /** Higher: more specific, tried first. */
  readonly rank: number;
  /** How many headers and query parameters must be there: of two that fit, the one that needs more is meant. */
  readonly needs: number;
  /** The decoded labels of the path, or undefined when the request is for another operation. */
  match(request: WireRequest, path: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Operations of S3 that share method and path are told apart by what only one of them needs (a copy by its source, a
 * part by its upload, one of several configurations by its id): clients other than the SDK send no x-id.
 */
const NEEDED_HEADERS = ["x-amz-copy-source"];
const NEEDED_QUERIES = ["uploadId", "id"];

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
  let needed: Needed | undefined;
  return {
    operation,
    rank: constants.length * 1000 + path.length + (id ? 0.5 : 0),
    get needs() {
      needed ??= neededBy(operation);
      return needed.headers.length + needed.queries.length;
    },
    match({ method: requestMethod, headers, query }, requestPath) {
      if (requestMethod !== method) return undefined;
      needed ??= neededBy(operation);
      if (!needed.headers.every((name) => headers[name] !== undefined)) return undefined;
      if (!needed.queries.every((name) => query.has(name))) return undefined;
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

interface Needed {
  readonly headers: readonly string[];
  readonly queries: readonly string[];
}

function neededBy({ input }: OperationModel): Needed {
  const members = input.kind === "structure" ? input.members : [];
  return {
    headers: NEEDED_HEADERS.filter((name) => members.some(({ traits }) => traits.httpHeader === name)),
    queries: NEEDED_QUERIES.filter((name) => members.some(({ traits }) => traits.httpQuery === name)),
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
