import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { AgentError, errorAnswers } from "./errors.ts";
import { currentIds } from "./ids.ts";
import type { AgentServer } from "./server.ts";
import { type CapturedServer, startCaptured } from "./testing/capture.ts";
import { until } from "./testing/until.ts";
import { traceHeaders } from "./tracing.ts";

let running: CapturedServer;
afterEach(() => running.close());

async function start(env: NodeJS.ProcessEnv, routes: (server: AgentServer) => void): Promise<CapturedServer> {
  running = await startCaptured(env, routes);
  return running;
}
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${running.url}${path}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
const errorOf = async (answer: Response) => ((await answer.json()) as { error: Record<string, unknown> }).error;

const echo = (server: AgentServer) =>
  server.post(
    "/echo",
    {
      schema: {
        body: z.strictObject({ topic: z.string(), size: z.int().optional() }),
        response: { 200: z.object({ topic: z.string() }), ...errorAnswers(400, 413) },
      },
    },
    async (request) => ({ topic: request.body.topic }),
  );

describe("bad input", () => {
  it("is refused with the paths of the fields, without their values", async () => {
    await start({}, echo);
    const answer = await post("/echo", JSON.stringify({ size: "canary-1", colour: 1 }));
    expect(answer.status).toBe(400);
    const error = await errorOf(answer);
    expect(error).toMatchObject({
      code: "InvalidRequest",
      retryable: false,
      requestId: answer.headers.get("x-request-id"),
    });
    expect(error.details).toMatchObject({
      fields: expect.arrayContaining([
        expect.objectContaining({ path: "body.topic" }),
        expect.objectContaining({ path: "body.size" }),
      ]),
    });
    expect(String(error.message)).toContain("body.topic");
    expect(running.text() + JSON.stringify(error)).not.toContain("canary-1");
  });

  it.each([
    ["is no JSON", '{"topic":', {}, 400, "InvalidJson"],
    ["is empty", "", {}, 400, "InvalidJson"],
    ["is of another type", "<x/>", { "content-type": "application/xml" }, 415, "UnsupportedMediaType"],
    ["would reach prototypes", '{"__proto__": {"a": 1}, "topic": "x"}', {}, 400, "InvalidJson"],
  ])("that %s is refused", async (_what, body, headers, status, code) => {
    await start({}, echo);
    const answer = await post("/echo", body, headers);
    expect([answer.status, (await errorOf(answer)).code]).toEqual([status, code]);
  });

  it("that is too large is refused, also when its length is not said beforehand", async () => {
    await start({ MAX_BODY_BYTES: "2000" }, echo);
    const body = JSON.stringify({ topic: "x".repeat(3_000) });
    const answer = await post("/echo", body);
    expect([answer.status, (await errorOf(answer)).code]).toEqual([413, "BodyTooLarge"]);
    const stream = new Blob([body]).stream();
    const init = { method: "POST", body: stream, duplex: "half", headers: { "content-type": "application/json" } };
    expect((await fetch(`${running.url}/echo`, init as RequestInit)).status).toBe(413);
  });

  it("for no route is told where the routes are listed, and does not repeat the query", async () => {
    await start({}, echo);
    const answer = await fetch(`${running.url}/nope?token=canary-2`);
    expect(answer.status).toBe(404);
    expect(await errorOf(answer)).toMatchObject({
      code: "RouteNotFound",
      message: expect.stringContaining("/openapi.json"),
    });
    expect(running.text()).not.toContain("canary-2");
  });

  it("that is not even a URL is refused in the same form", async () => {
    await start({}, echo);
    const answer = await fetch(`${running.url}/%ff`);
    expect([answer.status, (await errorOf(answer)).code]).toEqual([400, "InvalidRequest"]);
  });

  it("that is no HTTP ends its own connection only", async () => {
    await start({}, echo);
    const socket = connect(Number(new URL(running.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("\u0000\u0001 not http\r\n\r\n");
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect((await fetch(`${running.url}/health`)).status).toBe(200);
  });
});

describe("a failure", () => {
  const failing = (error: unknown) => (server: AgentServer) =>
    server.post("/fail", async () => {
      throw error;
    });

  it("that was foreseen is told with code, status, details and when to try again", async () => {
    const options = { status: 429, retryAfterSeconds: 2.1, details: { model: "m" } };
    await start({}, failing(new AgentError("Throttled", "the model is busy", options)));
    const answer = await post("/fail", "{}");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(await errorOf(answer)).toMatchObject({ code: "Throttled", retryable: true, details: { model: "m" } });
  });

  it("that was not foreseen tells the client nothing, and the log everything", async () => {
    await start({}, failing(new TypeError("x is not a function", { cause: new Error("inner reason") })));
    const answer = await post("/fail", "{}");
    expect(answer.status).toBe(500);
    const error = await errorOf(answer);
    expect(error.code).toBe("InternalError");
    expect(JSON.stringify(error)).not.toMatch(/function|inner/);
    const line = running.logs().find(({ level }) => level === "error");
    expect(line).toMatchObject({ request_id: error.requestId, err: { cause: { message: "x is not a function" } } });
    expect(JSON.stringify(line)).toContain("inner reason");
  });

  it("keeps a secret that came in by header, body or cause out of answer, log and metrics", async () => {
    const canary = "canary-0123456789abcdef";
    await start(
      { LANGFUSE_SECRET_KEY: canary },
      failing(new Error("outer", { cause: new Error(`key ${canary} refused`) })),
    );
    const headers = { authorization: `Bearer ${canary}`, cookie: `session=${canary}`, "x-request-id": canary };
    const answer = await post("/fail", JSON.stringify({ password: canary }), headers);
    expect(await answer.text()).not.toContain(canary);
    await until("its log line", () => running.metrics().length > 0);
    expect(running.logs().length).toBeGreaterThan(1);
    expect(running.text()).not.toContain(canary);
  });

  it("of an answer that does not fit its schema is ours, not the client's", async () => {
    await start({}, (server) => {
      const schema = { response: { 200: z.object({ id: z.number() }) } };
      server.get("/odd", { schema }, async () => ({ id: "canary" }) as unknown as { id: number });
    });
    const answer = await fetch(`${running.url}/odd`);
    expect([answer.status, (await errorOf(answer)).code]).toEqual([500, "InternalError"]);
  });
});

describe("limits", () => {
  it("end a request that takes too long: its signal fires, and it is answered even when nobody listens", async () => {
    let reason: unknown;
    await start({ REQUEST_TIMEOUT_SECONDS: "1" }, (server) => {
      server.post("/deaf", () => new Promise(() => undefined));
      server.post("/listening", async (request) => {
        await sleep(10_000, undefined, { signal: request.signal }).catch(() => undefined);
        reason = request.signal.reason;
        throw new Error("stopped");
      });
    });
    const answers = await Promise.all([post("/deaf", "{}"), post("/listening", "{}")]);
    for (const answer of answers) {
      expect([answer.status, (await errorOf(answer)).code]).toEqual([504, "RequestTimeout"]);
    }
    expect(reason).toMatchObject({ code: "RequestTimeout" });
  });

  it("answer once, also when the handler fails after its time was up", async () => {
    await start({ REQUEST_TIMEOUT_SECONDS: "1" }, (server) => {
      server.post("/late", async () => {
        await sleep(1_300);
        throw new Error("too late to be told");
      });
    });
    expect((await post("/late", "{}")).status).toBe(504);
    await sleep(400);
    expect((await fetch(`${running.url}/health`)).status).toBe(200);
    expect(running.metrics()).toEqual([expect.objectContaining({ status: "failed", error: "RequestTimeout" })]);
    expect(running.logs()).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ message: "too late to be told" }) }),
    );
  });

  it("keep idle connections longer than a load balancer does, which would otherwise answer 502 now and then", async () => {
    await start({}, echo);
    const kept = (await post("/echo", '{"topic":"x"}')).headers.get("keep-alive");
    expect(Number(/timeout=(\d+)/.exec(kept ?? "")?.[1])).toBeGreaterThan(60);
  });

  it("may be changed by a route", async () => {
    await start({ REQUEST_TIMEOUT_SECONDS: "1" }, (server) => {
      server.post("/long", { config: { timeoutSeconds: 30 } }, async () => {
        await sleep(1_300);
        return { ok: true };
      });
    });
    expect((await post("/long", "{}")).status).toBe(200);
  });

  it("answer 503 and when to come again above so many requests at once, but always answer probes", async () => {
    const gates: (() => void)[] = [];
    await start({ MAX_CONCURRENT_REQUESTS: "2" }, (server) => {
      server.post("/wait", () => new Promise((resolve) => gates.push(() => resolve({ ok: true }))));
    });
    const first = [post("/wait", "{}"), post("/wait", "{}")];
    await until("two are in work", () => gates.length === 2);
    const refused = await post("/wait", "{}");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await errorOf(refused)).toMatchObject({ code: "Overloaded", retryable: true });
    for (const path of ["/health", "/ready"]) expect((await fetch(`${running.url}${path}`)).status).toBe(200);
    for (const open of gates) open();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    const next = post("/wait", "{}");
    await until("there is room again", () => gates.length === 3);
    gates[2]?.();
    expect((await next).status).toBe(200);
  });

  it("count a request whose client went no longer, once its handler heard of it", async () => {
    let begun = 0;
    let told: unknown;
    await start({ MAX_CONCURRENT_REQUESTS: "1" }, (server) => {
      server.post("/wait", async (request) => {
        begun += 1;
        if (begun > 1) return { ok: true };
        await sleep(20_000, undefined, { signal: request.signal }).catch(() => undefined);
        told = request.signal.reason;
        return { ok: true };
      });
    });
    const client = httpRequest(`${running.url}/wait`, { method: "POST", headers: { "content-length": 0 } });
    client.on("error", () => undefined).end();
    await until("it is in work", () => begun === 1);
    client.destroy();
    await until("its handler was told", () => told !== undefined);
    expect(told).toMatchObject({ code: "ClientGone", status: 499 });
    expect((await fetch(`${running.url}/wait`, { method: "POST" })).status).toBe(200);
    expect(running.metrics()).toContainEqual(expect.objectContaining({ status: "cancelled", operation: "POST /wait" }));
  });

  it("leave the signal of a request that ended well alone", async () => {
    const signals: AbortSignal[] = [];
    await start({}, (server) => {
      server.post("/ok", async (request) => {
        signals.push(request.signal);
        return { ok: true };
      });
    });
    for (const _ of [1, 2]) await (await post("/ok", "{}")).text();
    await sleep(50);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });
});

describe("ids and traces", () => {
  const telling = (server: AgentServer) =>
    server.post("/ids", async () => {
      await sleep(1);
      return { ...currentIds(), headers: traceHeaders() };
    });

  it("of the caller are those of the work, of its log line and of its metrics", async () => {
    await start({}, telling);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = { traceparent, "x-request-id": "req-1", "x-session-id": "s-1", "x-workflow-id": "w-1" };
    const answer = await post("/ids", "{}", headers);
    expect(answer.headers.get("x-request-id")).toBe("req-1");
    const ids = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      requestId: "req-1",
      sessionId: "s-1",
      workflowId: "w-1",
    };
    expect(await answer.json()).toEqual({ ...ids, headers: { traceparent: expect.stringContaining(ids.traceId) } });
    const written = { trace_id: ids.traceId, request_id: "req-1", session_id: "s-1", workflow_id: "w-1" };
    await until("its metrics", () => running.metrics().length === 1);
    expect(running.metrics()[0]).toMatchObject({ ...written, operation: "POST /ids", status: "completed" });
    expect(running.logs().at(-1)).toMatchObject({ ...written, status: 200, msg: "POST /ids" });
  });

  it("are made where there are none, or none that could stand in a log", async () => {
    await start({}, telling);
    const answer = await post("/ids", "{}", { "x-request-id": "a b{}", traceparent: "nonsense" });
    const ids = (await answer.json()) as Record<string, string>;
    expect(ids.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.sessionId).toBeUndefined();
  });
});

describe("probes and the document", () => {
  it("say which check failed and why, and that it is alive all the same", async () => {
    const checks = {
      database: () => Promise.reject(new Error("no route to postgres://app:hunter22@db: is it there?")),
      model: () => Promise.resolve(),
    };
    running = await startCaptured({}, echo, checks);
    const answer = await fetch(`${running.url}/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      status: "unready",
      checks: {
        database: { status: "failed", message: "no route to postgres://app:[redacted]@db: is it there?" },
        model: { status: "ok" },
      },
    });
    expect(await (await fetch(`${running.url}/health`)).json()).toEqual({ status: "ok" });
  });

  it("share one round of checks between probes at once", async () => {
    let rounds = 0;
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const slow = async () => {
      rounds += 1;
      await gate;
    };
    running = await startCaptured({}, echo, { slow });
    let arrived = 0;
    running.server.server.on("request", () => {
      arrived += 1;
    });
    const answers = [1, 2, 3, 4].map(() => fetch(`${running.url}/ready`));
    await until("all have arrived", () => arrived === 4);
    open();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(rounds).toBe(1);
  });

  it("describe every route with its answers as OpenAPI 3.1", async () => {
    await start({}, echo);
    const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, { post?: { responses: object; requestBody: object } }>;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual(["/echo", "/health", "/ready"]);
    expect(Object.keys(document.paths["/echo"]?.post?.responses ?? {})).toEqual(["200", "400", "413"]);
  });
});
