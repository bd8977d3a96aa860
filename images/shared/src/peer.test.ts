import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { withIds } from "./ids.ts";
import { Peer, type PeerOptions } from "./peer.ts";
import { freePort } from "./testing/port.ts";
import { until } from "./testing/until.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;
let server: Server | undefined;
let peer: Peer;
afterEach(async () => {
  await peer.close();
  server?.closeAllConnections();
  server?.close();
});

async function peerThat(handler: Handler, options: PeerOptions = {}): Promise<IncomingMessage[]> {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  peer = new Peer(
    "cortex",
    `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`,
    options,
  );
  return requests;
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const rows = z.object({ rows: z.number() });
const get = { method: "GET", path: "/query" } as const;
const post = { method: "POST", path: "/query", body: { sql: "select 1" } } as const;

describe("a call to another agent", () => {
  it("sends JSON, query, and the ids and trace of the work in hand", async () => {
    const requests = await peerThat((_request, response) => json(response, 200, { rows: 3 }));
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", requestId: "r-1", sessionId: "s-1", workflowId: "w-1" };
    const query = { limit: 5, cursor: undefined };
    expect(await withIds(ids, () => peer.json(rows, { ...post, query, idempotencyKey: "k-1" }))).toEqual({ rows: 3 });
    expect(requests[0]?.url).toBe("/query?limit=5");
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "x-request-id": "r-1",
      "x-session-id": "s-1",
      "x-workflow-id": "w-1",
      "idempotency-key": "k-1",
      traceparent: expect.stringMatching(new RegExp(`^00-${ids.traceId}-[0-9a-f]{16}-01$`)),
    });
  });

  it.each([429, 502, 503, 504])("is made again when it is idempotent and was answered %i", async (status) => {
    const requests = await peerThat((_request, response, attempt) =>
      attempt < 3 ? json(response, status, {}) : json(response, 200, { rows: 1 }),
    );
    expect(await peer.json(rows, get)).toEqual({ rows: 1 });
    expect(requests).toHaveLength(3);
  });

  it("is made again with a key, and once only without one, when it is a POST", async () => {
    const requests = await peerThat((_request, response) => json(response, 503, {}));
    await expect(peer.json(rows, post)).rejects.toMatchObject({ code: "PeerUnavailable", status: 503 });
    expect(requests).toHaveLength(1);
    await expect(peer.json(rows, { ...post, idempotencyKey: "k" })).rejects.toMatchObject({ code: "PeerUnavailable" });
    expect(requests).toHaveLength(4);
  });

  it("is made again when its connection is cut, but a POST without a key is not: it may have been done", async () => {
    const requests = await peerThat((request, response, attempt) =>
      attempt === 1 || request.method === "POST" ? request.socket.destroy() : json(response, 200, { rows: 2 }),
    );
    expect(await peer.json(rows, get)).toEqual({ rows: 2 });
    await expect(peer.json(rows, post)).rejects.toMatchObject({ code: "PeerUnavailable", retryable: true });
    expect(requests).toHaveLength(3);
  });

  it("is made again, whatever it is, when nobody listened", async () => {
    const port = await freePort();
    peer = new Peer("cortex", `http://127.0.0.1:${port}`, { attempts: 8 });
    const answer = peer.json(rows, post);
    await sleep(100);
    server = createServer((_request, response) => json(response, 200, { rows: 4 })).listen(port, "127.0.0.1");
    expect(await answer).toEqual({ rows: 4 });
  });

  it("that reaches nobody says whom, and what to look at", async () => {
    peer = new Peer("cortex", `http://127.0.0.1:${await freePort()}`, { attempts: 2 });
    await expect(peer.json(rows, post)).rejects.toMatchObject({
      code: "PeerUnavailable",
      status: 503,
      message: expect.stringMatching(
        /POST \/query of the agent cortex cannot be reached \(ECONNREFUSED\): see that it runs/,
      ),
    });
  });

  it("waits as long as the peer asks before it tries again", async () => {
    await peerThat((_request, response, attempt) =>
      attempt === 1 ? json(response, 503, {}, { "retry-after": "1" }) : json(response, 200, { rows: 1 }),
    );
    const began = performance.now();
    await peer.json(rows, get);
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });

  it("that is not answered in time is PeerTimeout, and not repeated", async () => {
    const requests = await peerThat(() => undefined, { timeoutMs: 100 });
    await expect(peer.json(rows, get)).rejects.toMatchObject({ code: "PeerTimeout", status: 504, retryable: true });
    expect(requests).toHaveLength(1);
  });

  it("that is refused carries the peer's status, code and message", async () => {
    const error = { code: "UnknownTable", message: "no table x", retryable: false, requestId: "r-9" };
    const requests = await peerThat((_request, response) => json(response, 422, { error }));
    await expect(peer.json(rows, get)).rejects.toMatchObject({
      code: "PeerRefused",
      status: 422,
      retryable: false,
      message: "GET /query of the agent cortex answered 422 UnknownTable: no table x",
      details: { peer: { status: 422, code: "UnknownTable", requestId: "r-9" } },
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["of another shape", { rows: "many" }, /see rows/],
    ["that is no JSON", "<html>", /something else/],
    ["that is far too large", { rows: 1, pad: "x".repeat(2_000) }, /more than 1000 bytes/],
  ])("with an answer %s is PeerFailed", async (_what, body, message) => {
    await peerThat((_request, response) => response.end(typeof body === "string" ? body : JSON.stringify(body)), {
      maxBytes: 1_000,
    });
    await expect(peer.json(rows, get)).rejects.toMatchObject({
      code: "PeerFailed",
      status: 502,
      message: expect.stringMatching(message),
    });
  });

  it("that its caller gives up rejects with his reason, and ends at the peer", async () => {
    let gone = false;
    await peerThat((request) =>
      request.socket.once("close", () => {
        gone = true;
      }),
    );
    const controller = new AbortController();
    const answer = peer.json(rows, { ...get, signal: controller.signal });
    await sleep(50);
    const reason = new Error("client went");
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await until("the peer heard of it", () => gone);
  });
});

describe("a stream from another agent", () => {
  const events = async () => {
    const all = [];
    for await (const event of peer.events({ method: "GET", path: "/events" })) all.push(event);
    return all;
  };

  it("is read event by event, however its bytes are cut", async () => {
    const text =
      ': heartbeat\n\nevent: chunk\ndata: {"text":"€😀"}\n\ndata: plain\ndata: text\r\n\r\nevent: done\ndata: {}\n\nevent: cut\ndata: {"a"';
    await peerThat(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.of(byte));
        await sleep(0);
      }
      response.end();
    });
    expect(await events()).toEqual([
      { event: "chunk", data: { text: "€😀" } },
      { event: "message", data: "plain\ntext" },
      { event: "done", data: {} },
    ]);
  });

  it("that is cut fails, and nothing of it is asked for again", async () => {
    const requests = await peerThat((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("event: chunk\ndata: 1\n\n");
      setTimeout(() => request.socket.destroy(), 30);
    });
    await expect(events()).rejects.toMatchObject({ code: "PeerUnavailable" });
    expect(requests).toHaveLength(1);
  });

  it("ends at the peer when its reader stops", async () => {
    let gone = false;
    await peerThat((request, response) => {
      request.socket.once("close", () => {
        gone = true;
      });
      response.writeHead(200, { "content-type": "text/event-stream" }).write("event: chunk\ndata: 1\n\n");
    });
    for await (const _ of peer.events({ method: "GET", path: "/events" })) break;
    await until("the peer heard of it", () => gone);
  });
});
