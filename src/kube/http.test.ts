import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, expect, test } from "vitest";
import { ConflictError, KubeError } from "./errors.ts";
import { KubeHttp } from "./http.ts";

let close = () => {};
afterEach(() => close());

/** A client of a server on 127.0.0.1 that answers by `handler`, and how many connections that server has seen. */
async function connect(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const seen = { connections: 0 };
  server.on("connection", () => {
    seen.connections++;
  });
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const config = new KubeConfig();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config.loadFromClusterAndUser({ name: "c", server: url, skipTLSVerify: true }, { name: "u", token: "secret" });
  return { http: new KubeHttp(config), seen };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("resolved"),
    (error: unknown) => error as KubeError,
  );

test("a request carries credentials, query and body, and connections are reused", async () => {
  const { http, seen } = await connect((request, response) => {
    const { authorization, "content-type": type } = request.headers;
    request.on("data", (body) =>
      answer(response, 200, { url: request.url, authorization, type, body: JSON.parse(String(body)) }),
    );
  });
  for (let i = 0; i < 10; i++) {
    const input = { query: { force: "true" }, body: { a: i }, contentType: "application/merge-patch+json" };
    expect(await http.request("PATCH", "/apis/x", input)).toEqual({
      url: "/apis/x?force=true",
      authorization: "Bearer secret",
      type: "application/merge-patch+json",
      body: { a: i },
    });
  }
  // A request made in the same turn as the last answer finds its connection still busy.
  expect(seen.connections).toBeLessThanOrEqual(2);
});

test("a refusal is an error with the server's status, reason and message", async () => {
  const status = { kind: "Status", reason: "Forbidden", message: "may not" };
  const { http } = await connect((request, response) => {
    if (request.url === "/text") response.writeHead(404).end("404 page not found");
    else if (request.url === "/stale") answer(response, 409, { reason: "Conflict", message: "changed" });
    else if (request.url === "/exists") answer(response, 409, { reason: "AlreadyExists", message: "exists" });
    else answer(response, 403, status);
  });
  expect(await rejection(http.request("GET", "/x"))).toMatchObject({
    status: 403,
    reason: "Forbidden",
    message: "may not",
  });
  expect(await rejection(http.request("GET", "/text"))).toMatchObject({ status: 404, message: "404 page not found" });
  expect(await rejection(http.request("PUT", "/stale"))).toBeInstanceOf(ConflictError);
  expect(await rejection(http.request("POST", "/exists"))).not.toBeInstanceOf(ConflictError);
});

test("no answer, a late one and a broken one have status 0: the effect is unknown", async () => {
  const { http } = await connect((request, response) => {
    if (request.url === "/reset") request.socket.destroy();
    else if (request.url === "/half") response.writeHead(200, { "content-length": "100" }).write('{"a":');
    if (request.url === "/half") setTimeout(() => request.socket.destroy(), 20);
  });
  expect(await rejection(http.request("GET", "/reset"))).toMatchObject({ status: 0, reason: "NoAnswer" });
  expect(await rejection(http.request("GET", "/half"))).toMatchObject({ status: 0, reason: "NoAnswer" });
  expect(await rejection(http.request("GET", "/silent", { timeoutMs: 50 }))).toMatchObject({
    status: 0,
    reason: "Timeout",
  });
});

test("a silent connection takes no other request with it", async () => {
  const { http } = await connect((request, response) => {
    if (request.url !== "/silent") answer(response, 200, {});
  });
  const silent = rejection(http.request("GET", "/silent", { timeoutMs: 200 }));
  expect(await http.request("GET", "/other", { timeoutMs: 1_000 })).toEqual({});
  expect(await silent).toMatchObject({ reason: "Timeout" });
});

test("a stream yields documents however they are cut, and ends in good order", async () => {
  const bytes = Buffer.from('{"name":"über"}\n{"name":"b"}\n');
  const { http } = await connect((_request, response) => {
    let at = 0;
    const next = () => {
      if (at === bytes.length) response.end();
      else response.write(bytes.subarray(at, ++at), () => setImmediate(next));
    };
    response.writeHead(200);
    next();
  });
  const items: unknown[] = [];
  await http.stream("/watch", (item) => items.push(item), 1_000);
  expect(items).toEqual([{ name: "über" }, { name: "b" }]);
});

test("a stream that falls silent, breaks or is no longer wanted rejects", async () => {
  const { http } = await connect((request, response) => {
    response.writeHead(200);
    response.write('{"name":"a"}\n');
    if (request.url === "/breaks") setTimeout(() => request.socket.destroy(), 20);
  });
  const items: unknown[] = [];
  const push = (item: unknown) => items.push(item);
  expect(await rejection(http.stream("/silent", push, 100))).toMatchObject({ status: 0, reason: "Timeout" });
  expect(await rejection(http.stream("/breaks", push, 1_000))).toMatchObject({ status: 0, reason: "NoAnswer" });
  const stop = new AbortController();
  const stopped = rejection(http.stream("/silent", push, 1_000, { signal: stop.signal }));
  setTimeout(() => stop.abort(), 20);
  expect(await stopped).toBeInstanceOf(KubeError);
  expect(items).toHaveLength(3);
});
