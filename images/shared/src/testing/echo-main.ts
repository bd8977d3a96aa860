import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  baseConfig,
  createLog,
  createServer,
  Metrics,
  readConfig,
  runAgent,
  sendEvents,
  serve,
  startTracing,
  traced,
} from "../index.ts";

/** A small agent for the tests of what all agents share: it echoes, waits, streams and breaks. */
await runAgent(async () => {
  const config = readConfig(z.object(baseConfig));
  const agent = config.AGENT_NAME;
  const log = createLog({ agent, level: config.LOG_LEVEL });
  const keys = { publicKey: config.LANGFUSE_PUBLIC_KEY, secretKey: config.LANGFUSE_SECRET_KEY };
  const tracing = startTracing({ agent, baseUrl: config.LANGFUSE_BASE_URL, ...keys }, log);
  const about = { agent, version: "1.0.0", title: "Echo", description: "Echoes" };
  const server = await createServer({ ...about, config, log, metrics: new Metrics({ agent }) });

  server.post("/echo", { schema: { body: z.object({ text: z.string() }) } }, (request) =>
    traced("POST /echo", { type: "agent", input: request.body }, async (span) => {
      const text = await traced(
        "model",
        { type: "generation", model: "m-1", input: request.body.text },
        async (inner) => {
          if (request.body.text === "fail") throw new Error("the model failed");
          inner.update({ output: request.body.text, usage: { input: 3, output: 4 } });
          return request.body.text;
        },
      );
      span.update({ output: { text } });
      return { text };
    }),
  );
  server.post("/wait", { schema: { body: z.object({ ms: z.number() }) } }, async (request) => {
    await sleep(request.body.ms, undefined, { signal: request.signal });
    return { waited: request.body.ms };
  });
  server.get("/ticks", { config: { timeoutSeconds: 0 } }, (request, reply) =>
    sendEvents(request, reply, {}, async (emit, signal) => {
      for (let tick = 0; tick < Number((request.query as { count?: string }).count ?? 1_000); tick += 1) {
        await emit("tick", { tick });
        await sleep(20, undefined, { signal });
      }
    }),
  );
  server.post("/fault", async () => {
    void Promise.reject(new Error("nobody catches this"));
    await sleep(1_000);
    return {};
  });
  await serve(server, {
    config,
    log,
    tracing,
    onDrain: [async () => log.info("closes the pool"), async () => log.info("stops the worker")],
  });
});
