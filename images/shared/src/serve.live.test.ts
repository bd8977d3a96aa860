import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type AgentProcess, startAgent } from "./testing/agent.ts";
import { until } from "./testing/until.ts";

const main = new URL("./testing/echo-main.ts", import.meta.url);
let agent: AgentProcess | undefined;
afterEach(() => agent?.kill());

async function start(env: NodeJS.ProcessEnv = {}): Promise<AgentProcess> {
  agent = await startAgent({ main, env });
  return agent;
}
const post = (path: string, body: unknown) =>
  fetch(`${agent?.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
const messages = () => agent?.entries().map(({ msg }) => msg) ?? [];

describe("an agent that is told to end", () => {
  it("with nothing to do ends at once with 0, its steps in reverse order", async () => {
    const { stop } = await start();
    const began = performance.now();
    expect(await stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(1_500);
    const steps = messages().filter((text) => /worker|pool|drained/.test(String(text)));
    expect(steps).toEqual(["stops the worker", "closes the pool", "drained"]);
  });

  it("says so on /ready, still serves for a moment, and finishes what it has", async () => {
    const { url, process: child, exited } = await start({ DRAIN_DELAY_SECONDS: "1" });
    const before = post("/wait", { ms: 1_500 });
    await sleep(100);
    child.kill("SIGTERM");
    const ready = await until("/ready says 503", async () => {
      const answer = await fetch(`${url}/ready`);
      return answer.status === 503 ? answer : undefined;
    });
    expect(await ready.json()).toMatchObject({ status: "draining" });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const late = await post("/wait", { ms: 10 });
    expect([late.status, late.headers.get("connection")]).toEqual([200, "close"]);
    expect(await (await before).json()).toEqual({ waited: 1_500 });
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    expect(await exited).toBe(0);
  });

  it("lets a stream come to its end", async () => {
    const { url, process: child, exited } = await start();
    const stream = await fetch(`${url}/ticks?count=40`);
    child.kill("SIGTERM");
    const text = await stream.text();
    expect(text.match(/event: tick/g)).toHaveLength(40);
    expect(text).not.toContain("event: error");
    const ended = performance.now();
    expect(await exited).toBe(0);
    expect(performance.now() - ended).toBeLessThan(1_000);
  });

  it("tells those who are still there at the end of its time to come again, and ends", async () => {
    const { url, process: child, exited } = await start({ DRAIN_SECONDS: "1" });
    const waiting = post("/wait", { ms: 60_000 });
    const stream = await fetch(`${url}/ticks`);
    const began = performance.now();
    child.kill("SIGTERM");
    const [answer, text] = await Promise.all([waiting, stream.text()]);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.json()).toMatchObject({ error: { code: "ShuttingDown", retryable: true } });
    expect(text).toMatch(/event: error\ndata: \{"code":"ShuttingDown",.*"retryable":true/);
    expect(await exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe("an agent that cannot go on", () => {
  it("because its environment lacks something says what in one line and exits 78", async () => {
    const failed = await startAgent({ main, env: { AWS_REGION: "", LOG_LEVEL: "loud" }, until: false });
    expect(await failed.exited).toBe(78);
    expect(failed.logs).toHaveLength(1);
    expect(failed.entries()[0]).toMatchObject({
      level: "fatal",
      agent: "agent",
      msg: expect.stringMatching(/AWS_REGION is missing .*LOG_LEVEL is wrong/),
      code: "ConfigInvalid",
      variables: ["AWS_REGION", "LOG_LEVEL"],
    });
  });

  it("because its port is taken says so and exits 1", async () => {
    const { port } = await start();
    const second = await startAgent({ main, env: { PORT: String(port) }, until: false });
    expect(await second.exited).toBe(1);
    expect(second.entries().at(-1)).toMatchObject({ level: "fatal", err: { code: "EADDRINUSE" } });
  });

  it("because of an error that nobody caught logs it and exits 1", async () => {
    const { exited } = await start();
    await post("/fault", {}).catch(() => undefined);
    expect(await exited).toBe(1);
    expect(agent?.entries().at(-1)).toMatchObject({ level: "fatal", err: { message: "nobody catches this" } });
  });
});
