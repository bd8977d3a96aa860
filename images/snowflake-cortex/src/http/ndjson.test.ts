import { setTimeout as sleep } from "node:timers/promises";
import { AgentError, type AgentServer, baseConfig, createLog, createServer, Metrics } from "@agentorchestrator/shared";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { sendLines } from "./ndjson.ts";

let server: AgentServer | undefined;
afterEach(() => server?.close());

/** The address of a server that streams what `lines` yields. */
async function serving(lines: () => AsyncGenerator<unknown>): Promise<string> {
  const config = z.object(baseConfig).parse({ AGENT_NAME: "test", PORT: "0", AWS_REGION: "eu-central-1" });
  const log = createLog({ agent: "test", level: "silent" });
  const metrics = new Metrics({ agent: "test", write: () => undefined });
  server = await createServer({ agent: "test", version: "0", config, log, metrics, title: "", description: "" });
  server.get("/lines", { config: { timeoutSeconds: 0 } }, (request, reply) => sendLines(request, reply, lines(), 50));
  return `${await server.listen({ port: 0, host: "127.0.0.1" })}/lines`;
}
const parse = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("a line that takes long is preceded by heartbeats", async () => {
  const url = await serving(async function* () {
    await sleep(180);
    yield { a: 1 };
  });
  const lines = parse(await (await fetch(url)).text());
  expect(lines.slice(0, 2)).toEqual([{ heartbeat: true }, { heartbeat: true }]);
  expect(lines.at(-1)).toEqual({ a: 1 });
});

test("an error before the first line is an ordinary answer, and later the last line", async () => {
  const error = () => new AgentError("Broken", "it broke", { status: 503 });
  const early = await fetch(
    // biome-ignore lint/correctness/useYield: it fails before it yields
    await serving(async function* () {
      throw error();
    }),
  );
  expect([early.status, (await early.json()) as unknown]).toMatchObject([503, { error: { code: "Broken" } }]);
  await server?.close();
  const late = await fetch(
    await serving(async function* () {
      yield 1;
      throw error();
    }),
  );
  expect(late.status).toBe(200);
  expect(parse(await late.text())).toMatchObject([
    1,
    { error: { code: "Broken", message: "it broke", retryable: true } },
  ]);
});

test("an error that nobody foresaw tells nothing of itself", async () => {
  const answer = await fetch(
    await serving(async function* () {
      yield 1;
      throw new TypeError("cannot read the inside");
    }),
  );
  expect(parse(await answer.text())).toMatchObject([1, { error: { code: "InternalError" } }]);
});

test("a client that does not read stops the rows, and one that goes ends them", async () => {
  let made = 0;
  const ended = Promise.withResolvers<void>();
  const client = new AbortController();
  const url = await serving(async function* () {
    try {
      for (;;) {
        made += 1;
        yield { text: "x".repeat(10_000) };
      }
    } finally {
      ended.resolve();
    }
  });
  await fetch(url, { signal: client.signal });
  await sleep(300);
  const before = made;
  await sleep(200);
  expect(made, "buffers are full: nothing more is made").toBe(before);
  client.abort();
  await ended.promise;
});
