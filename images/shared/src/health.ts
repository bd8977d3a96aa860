import { z } from "zod";
import { redactText } from "./redact.ts";
import type { AgentServer } from "./server.ts";
import { within } from "./time.ts";

/** Resolves when what it checks is usable, rejects with a message that says what to do. */
export type Check = () => Promise<void>;

/** An ALB waits 5 s for a probe's answer by default. */
const CHECK_MS = 4_000;

const readiness = z.object({
  status: z.enum(["ready", "unready", "draining"]),
  checks: z.record(z.string(), z.object({ status: z.enum(["ok", "failed"]), message: z.string().optional() })),
});
type Readiness = z.output<typeof readiness>;

/** GET /health, GET /ready and GET /openapi.json. Probes at once share one round of checks. */
export function registerHealth(server: AgentServer, checks: Readonly<Record<string, Check>>): void {
  const config = { unlimited: true };
  let round: Promise<Readiness> | undefined;
  server.get(
    "/health",
    {
      config,
      schema: {
        summary: "Liveness: answered while the process can answer",
        tags: ["operation"],
        response: { 200: z.object({ status: z.literal("ok") }) },
      },
    },
    async () => ({ status: "ok" as const }),
  );
  server.get(
    "/ready",
    {
      config,
      schema: {
        summary: "Readiness: 200 while requests can be served, 503 with the failed check or while draining",
        tags: ["operation"],
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      if (server.lifecycle.draining.aborted) return reply.status(503).send({ status: "draining", checks: {} });
      round ??= runChecks(checks).finally(() => {
        round = undefined;
      });
      const result = await round;
      return reply.status(result.status === "ready" ? 200 : 503).send(result);
    },
  );
  server.get("/openapi.json", { config, schema: { hide: true } }, async () => server.swagger());
}

async function runChecks(checks: Readonly<Record<string, Check>>): Promise<Readiness> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await within(CHECK_MS, check(), `the check ${name} did not end`);
        return [name, { status: "ok" as const }] as const;
      } catch (error) {
        const message = redactText(error instanceof Error ? error.message : String(error));
        return [name, { status: "failed" as const, message }] as const;
      }
    }),
  );
  const ready = results.every(([, { status }]) => status === "ok");
  return { status: ready ? "ready" : "unready", checks: Object.fromEntries(results) };
}
