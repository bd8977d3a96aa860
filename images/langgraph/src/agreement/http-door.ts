import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { readEvents } from "@agentorchestrator/shared";
import type { Call, Door, Outcome } from "./call.ts";

interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: unknown;
}

/** Makes calls over HTTP. */
export function httpDoor(base: string): Door {
  return async (call) => {
    const { method, path, headers = {}, body } = requestOf(call);
    const given = { ...headers, ...(body !== undefined && { "content-type": "application/json" }) };
    const response = await fetch(base + path, {
      method,
      headers: Object.entries(given).filter((header): header is [string, string] => header[1] !== undefined),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const status = String(response.status);
    if (!response.ok) return { status, ...errorOf(await response.json()) };
    if (call.operation === "watchWorkflow") return { status, ...(await eventsOf(response, call.told)) };
    const isText = response.headers.get("content-type")?.startsWith("text/markdown");
    const value = isText ? { text: await response.text() } : await response.json();
    return {
      code: "OK",
      status,
      value: call.operation === "createWorkflow" ? { workflow: value, created: response.status === 202 } : value,
    };
  };
}

function requestOf(call: Call): HttpRequest {
  switch (call.operation) {
    case "createWorkflow": {
      const { operation, key, ...body } = call;
      return { method: "POST", path: "/workflows", headers: { "idempotency-key": key }, body };
    }
    case "listWorkflows": {
      const { operation, ...query } = call;
      const given = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]),
      );
      return { method: "GET", path: `/workflows?${given}` };
    }
    case "getWorkflow":
      return { method: "GET", path: `/workflows/${call.id}` };
    case "watchWorkflow":
      return { method: "GET", path: `/workflows/${call.id}/events` };
    case "getReport":
      return { method: "GET", path: `/workflows/${call.id}/report${call.content ? "?content=true" : ""}` };
    case "cancelWorkflow":
      return { method: "POST", path: `/workflows/${call.id}/cancel`, headers: { authorization: call.token } };
    case "decideWorkflow": {
      const { operation, id, token, ...body } = call;
      return { method: "POST", path: `/approve/${id}`, headers: { authorization: token }, body };
    }
    case "reportStep": {
      const { id, step, callbackToken: token, text, error } = call;
      const body = { step, token, ...(text !== undefined && { result: { text } }), ...(error && { error }) };
      return { method: "POST", path: `/callbacks/${id}`, body };
    }
  }
}

async function eventsOf(response: Response, told?: (workflow: unknown) => void): Promise<Omit<Outcome, "status">> {
  const seen: unknown[] = [];
  for await (const { event, data } of readEvents(Readable.fromWeb(response.body as ReadableStream))) {
    if (event === "end") return { code: "OK", value: seen };
    if (event === "error") return errorOf({ error: data });
    seen.push(data);
    told?.(data);
  }
  throw new Error("the stream ended without the event end");
}

function errorOf(body: unknown): Omit<Outcome, "status"> {
  const { error } = body as { error: { code: string; retryable: boolean; details?: { fields?: { path: string }[] } } };
  const { fields, ...details } = error.details ?? {};
  return {
    code: error.code,
    retryable: error.retryable,
    ...(fields && { fields: fields.map(fieldOf) }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}

/** `headers.idempotency-key` is the field idempotencyKey. */
const fieldOf = ({ path }: { path: string }): string =>
  path.replace(/^(body|query|params|headers)\./, "").replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
