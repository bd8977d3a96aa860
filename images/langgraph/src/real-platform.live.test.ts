import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eventually } from "./testing/stage.ts";

/**
 * Against a workflow service that runs on AWS, where it costs a few cents: AGENTORCH_REAL_AWS=1, LANGGRAPH_REAL_URL (its HTTP
 * door, reached from within the VPC), LANGGRAPH_REAL_TOKEN (of somebody who may decide) and, optionally,
 * LANGGRAPH_REAL_OTHER_TOKEN (a good one of somebody who may not).
 */
const { AGENTORCH_REAL_AWS, LANGGRAPH_REAL_URL, LANGGRAPH_REAL_TOKEN, LANGGRAPH_REAL_OTHER_TOKEN } = process.env;
const missing = [
  AGENTORCH_REAL_AWS !== "1" && "AGENTORCH_REAL_AWS=1",
  !LANGGRAPH_REAL_URL && "LANGGRAPH_REAL_URL",
  !LANGGRAPH_REAL_TOKEN && "LANGGRAPH_REAL_TOKEN",
].filter((entry) => typeof entry === "string");
if (missing.length > 0) process.stderr.write(`Workflows on AWS are not tested: it needs ${missing.join(", ")}\n`);

const MINUTES_5 = 300_000;

interface Workflow {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly { readonly step: string; readonly artifact: { readonly sha256: string } | null }[];
  readonly error: { readonly message: string } | null;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${LANGGRAPH_REAL_URL}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const decide = (id: string, token: string | undefined) =>
  ask(
    "POST",
    `/approve/${id}`,
    { decision: "approve" },
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );

async function until(id: string, status: string): Promise<Workflow> {
  return eventually(
    `workflow ${id} is ${status}`,
    async () => {
      const now = (await (await ask("GET", `/workflows/${id}`)).json()) as Workflow;
      if (now.status === "failed") throw new Error(now.error?.message);
      return now.status === status ? now : undefined;
    },
    MINUTES_5,
  );
}

describe.skipIf(missing.length > 0)("a workflow on AWS", () => {
  it("goes from a topic through an approval to a report, once for one key", { timeout: 3 * MINUTES_5 }, async () => {
    const key = { "idempotency-key": randomUUID() };
    const topic = { topic: "Heat pumps in one paragraph" };
    const created = await ask("POST", "/workflows", topic, key);
    expect(created.status).toBe(202);
    const { id } = (await created.json()) as Workflow;
    const again = await ask("POST", "/workflows", topic, key);
    expect([again.status, ((await again.json()) as Workflow).id]).toEqual([200, id]);

    await until(id, "waiting_for_approval");
    expect((await decide(id, undefined)).status).toBe(401);
    if (LANGGRAPH_REAL_OTHER_TOKEN) expect((await decide(id, LANGGRAPH_REAL_OTHER_TOKEN)).status).toBe(403);
    expect((await decide(id, LANGGRAPH_REAL_TOKEN)).status).toBe(200);

    const { steps } = await until(id, "completed");
    expect(steps.filter(({ artifact }) => artifact).map(({ step }) => step)).toEqual([
      "researcher",
      "analyst",
      "writer",
    ]);
    const report = await ask("GET", `/workflows/${id}/report?redirect=true`);
    expect(report.status).toBe(200);
    expect((await report.text()).length).toBeGreaterThan(100);
    expect(await (await ask("GET", `/workflows/${id}/report?content=true`)).text()).not.toBe("");
  });
});
