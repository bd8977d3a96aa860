import { afterEach, describe, expect, it } from "vitest";
import { checkOtlp } from "../../../test/support/otlp/check.ts";
import { type AgentProcess, startAgent } from "./testing/agent.ts";
import { type Collector, startCollector } from "./testing/collector.ts";
import { freePort } from "./testing/port.ts";

const main = new URL("./testing/echo-main.ts", import.meta.url);
const secretKey = "sk-lf-canary-77f2";
let agent: AgentProcess;
let collector: Collector | undefined;
afterEach(async () => {
  await agent.kill();
  await collector?.stop();
  collector = undefined;
});

async function start(url: string): Promise<void> {
  const langfuse = { LANGFUSE_BASE_URL: url, LANGFUSE_PUBLIC_KEY: "pk-lf-1", LANGFUSE_SECRET_KEY: secretKey };
  agent = await startAgent({ main, env: { AGENT_NAME: "echo", ...langfuse } });
}
const echo = (text: string, headers: Record<string, string> = {}) =>
  fetch(`${agent.url}/echo`, {
    method: "POST",
    body: JSON.stringify({ text }),
    headers: { "content-type": "application/json", ...headers },
  });

describe("traces", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";

  it("reach Langfuse as OTLP that OpenTelemetry's own definition reads, at the latest when the agent ends", async () => {
    collector = await startCollector();
    await start(collector.url);
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const ids = {
      traceparent,
      "x-session-id": "session-1",
      "x-workflow-id": "workflow-1",
      "x-request-id": "request-1",
    };
    expect((await echo("hello", ids)).status).toBe(200);
    expect((await echo("fail")).status).toBe(500);
    expect(await agent.stop()).toBe(0);

    const [request] = collector.requests;
    expect(request?.path).toBe("/api/public/otel/v1/traces");
    const login = Buffer.from(`pk-lf-1:${secretKey}`).toString("base64");
    expect(request?.headers.authorization).toBe(`Basic ${login}`);
    const checked = (await Promise.all(collector.requests.map(({ body }) => checkOtlp(body)))).flat();
    expect(checked.map(({ name, ordered, failed }) => [name, ordered, failed]).sort()).toEqual([
      ["POST /echo", true, false],
      ["POST /echo", true, true],
      ["model", true, false],
      ["model", true, true],
    ]);
    const [outer, inner] = ["POST /echo", "model"].map((name) =>
      collector?.spans.find((span) => span.name === name && span.traceId === traceId),
    );
    expect(outer?.parentSpanId).toBe("b7ad6b7169203331");
    expect(inner?.parentSpanId).toBe(outer?.spanId);
    for (const span of [outer, inner]) {
      expect(span?.attributes).toMatchObject({
        "session.id": "session-1",
        "langfuse.trace.metadata.workflow_id": "workflow-1",
      });
    }
    expect(inner?.attributes).toMatchObject({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": "m-1",
      "langfuse.observation.usage_details": '{"input":3,"output":4}',
    });
    const failed = collector.spans.filter(({ traceId: id }) => id !== traceId);
    expect(failed).toHaveLength(2);
    for (const span of failed) {
      expect(span.attributes).toMatchObject({
        "langfuse.observation.level": "ERROR",
        "langfuse.observation.status_message": "Error: the model failed",
      });
    }
  });

  it("of a request without a caller's trace begin at the agent, under the id that its log lines have", async () => {
    collector = await startCollector();
    await start(collector.url);
    await echo("hello");
    await agent.stop();
    const root = collector.spans.find(({ name }) => name === "POST /echo");
    expect(root?.parentSpanId ?? "").toBe("");
    expect(agent.entries()).toContainEqual(expect.objectContaining({ msg: "POST /echo", trace_id: root?.traceId }));
  });

  it("hold no secret, wherever the caller put it", async () => {
    collector = await startCollector();
    await start(collector.url);
    await echo(`my key is ${secretKey} and Bearer abcdef0123456789`);
    await agent.stop();
    const told = collector.requests.map(({ body }) => body).join("");
    expect(told).toContain("my key is [redacted]");
    expect(told).not.toContain(secretKey);
    expect(told).not.toContain("abcdef0123456789");
    expect(agent.logs.join("\n")).not.toContain(secretKey);
  });
});

describe("an agent whose collector", () => {
  it("is not there serves as ever, says so once, and ends with 0 in time", async () => {
    await start(`http://127.0.0.1:${await freePort()}`);
    const began = performance.now();
    for (let count = 0; count < 20; count += 1) expect((await echo("hello")).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(5_000);
    const ending = performance.now();
    expect(await agent.stop()).toBe(0);
    expect(performance.now() - ending).toBeLessThan(4_500);
    const told = agent.entries().filter(({ msg }) => String(msg).startsWith("traces cannot be sent to Langfuse"));
    expect(told).toHaveLength(1);
    expect(agent.logs.join("\n")).not.toContain(secretKey);
  });

  it("hangs serves as ever and ends with 0 in time", async () => {
    collector = await startCollector({ hangs: true });
    await start(collector.url);
    // More than one batch, so that exports are under way while requests come.
    const began = performance.now();
    for (let round = 0; round < 6; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => echo("hello")));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    }
    expect(performance.now() - began).toBeLessThan(10_000);
    const ending = performance.now();
    expect(await agent.stop()).toBe(0);
    expect(performance.now() - ending).toBeLessThan(4_500);
    expect(collector.requests.length).toBeGreaterThan(0);
  });
});
