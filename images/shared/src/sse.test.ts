import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { AgentError } from "./errors.ts";
import type { AgentServer } from "./server.ts";
import { sendEvents } from "./sse.ts";
import { type CapturedServer, startCaptured } from "./testing/capture.ts";
import { until } from "./testing/until.ts";

type Produce = Parameters<typeof sendEvents>[3];
let running: CapturedServer;
afterEach(() => running.close());

async function streaming(produce: Produce, env: NodeJS.ProcessEnv = {}, heartbeatMs = 10_000): Promise<void> {
  running = await startCaptured(env, (server: AgentServer) => {
    server.post(
      "/stream",
      { config: { timeoutSeconds: env.ROUTE_TIMEOUT ? Number(env.ROUTE_TIMEOUT) : 0 } },
      (request, reply) => sendEvents(request, reply, { heartbeatMs }, produce),
    );
  });
}
const open = (signal?: AbortSignal) => fetch(`${running.url}/stream`, { method: "POST", signal: signal ?? null });

describe("a stream of events", () => {
  it("carries each as it is emitted, with headers that keep it from being held back", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await streaming(async (emit) => {
      await emit("chunk", { text: "a\nb" });
      await promise;
      await emit("done", {});
    });
    const answer = await open();
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-request-id")).toMatch(/./);
    const reader = (answer.body ?? new ReadableStream()).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('event: chunk\ndata: {"text":"a\\nb"}\n\n');
    resolve();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("event: done\ndata: {}\n\n");
    expect((await reader.read()).done).toBe(true);
  });

  it("has heartbeats while nothing is emitted, from the beginning on", async () => {
    await streaming(
      async (emit) => {
        await sleep(400);
        await emit("done", {});
      },
      {},
      25,
    );
    const text = await (await open()).text();
    expect(text.match(/: heartbeat\n\n/g)?.length).toBeGreaterThanOrEqual(2);
    expect(text.endsWith("event: done\ndata: {}\n\n")).toBe(true);
  });

  it("that fails before anything was sent is answered as every route is", async () => {
    await streaming(async () => {
      throw new AgentError("Throttled", "busy", { status: 429, retryAfterSeconds: 2 });
    });
    const answer = await open();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(await answer.json()).toMatchObject({ error: { code: "Throttled" } });
  });

  it("that fails later ends with the event error, and counts as failed", async () => {
    await streaming(async (emit) => {
      await emit("chunk", 1);
      throw new TypeError("canary: inner");
    });
    const text = await (await open()).text();
    expect(text).toMatch(
      /^event: chunk\ndata: 1\n\nevent: error\ndata: \{"code":"InternalError",.*"retryable":false.*\}\n\n$/,
    );
    expect(text).not.toContain("canary");
    await until("its metrics", () => running.metrics().length === 1);
    expect(running.metrics()[0]).toMatchObject({ status: "failed", error: "InternalError" });
  });

  it("stops its work when the client goes", async () => {
    let reason: unknown;
    await streaming(async (emit, signal) => {
      await emit("chunk", 1);
      await sleep(20_000, undefined, { signal }).catch(() => undefined);
      reason = signal.reason;
      await emit("chunk", 2);
    });
    const controller = new AbortController();
    const answer = await open(controller.signal);
    await (answer.body ?? new ReadableStream()).getReader().read();
    controller.abort();
    await until("it heard of it", () => reason !== undefined);
    expect(reason).toMatchObject({ code: "ClientGone" });
    await until("its metrics", () => running.metrics().length === 1);
    expect(running.metrics()[0]).toMatchObject({ status: "cancelled" });
    expect(running.logs().filter(({ level }) => level === "error")).toEqual([]);
  });

  it("waits for a client that reads slowly instead of filling memory", async () => {
    let emitted = 0;
    await streaming(async (emit, signal) => {
      for (; emitted < 2_000 && !signal.aborted; emitted += 1) await emit("chunk", "x".repeat(100_000));
    });
    const controller = new AbortController();
    await open(controller.signal);
    let before = -1;
    await until("it waits", async () => {
      const stands = emitted > 0 && emitted === before;
      before = emitted;
      await sleep(200);
      return stands && emitted === before;
    });
    expect(emitted).toBeLessThan(200);
    controller.abort();
  });

  it("is told when its time is up", async () => {
    await streaming(
      async (emit, signal) => {
        await emit("chunk", 1);
        await sleep(20_000, undefined, { signal });
      },
      { ROUTE_TIMEOUT: "1" },
    );
    expect(await (await open()).text()).toContain('event: error\ndata: {"code":"RequestTimeout"');
  });

  it("without any event is an empty stream", async () => {
    await streaming(async () => undefined);
    const answer = await open();
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});
