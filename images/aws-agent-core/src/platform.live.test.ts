import { type AgentProcess, startAgent } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Scope, type Stage, startStage } from "../../langgraph/src/testing/stage.ts";
import type { Answer } from "./testing/door.ts";

/**
 * Two front doors and the real workflow service as processes, over PostgreSQL, S3 and a scripted Bedrock: what a client
 * of the platform does from its question to the report.
 */
let stage: Stage;
let scope: Scope;
let workflows: AgentProcess;
let doors: readonly AgentProcess[] = [];
beforeAll(async () => {
  stage = await startStage();
  scope = await stage.newScope();
  stage.bedrock.play([
    { when: { system: "You are a researcher" }, answer: { text: ["# Notes\nHeat pumps heat."] } },
    { when: { system: "You are an analyst" }, answer: { text: ["# Analysis\nThey do."] } },
    { when: { system: "You are a writer" }, answer: { text: ["# Report\nBuy one."] } },
    {
      when: { toolResult: false },
      answer: { toolUse: [{ name: "start_workflow", input: { topic: "Heat pumps", instructions: "Be brief." } }] },
    },
    { when: { toolResult: true }, answer: { text: ["It is started."] } },
  ]);
  workflows = await stage.replica(scope);
  const env = {
    AGENT_NAME: "aws-agent-core",
    BEDROCK_MODELS: "amazon.nova-lite-v1:0",
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: stage.bedrock.url,
    LANGGRAPH_URL: workflows.url,
  };
  const main = new URL("main.ts", import.meta.url);
  doors = await Promise.all([startAgent({ main, env }), startAgent({ main, env })]);
});
afterAll(async () => {
  await Promise.all([...doors, workflows].map((agent) => agent?.kill()));
  await stage?.stop();
});

async function invoke(
  door: AgentProcess | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${door?.url}/invoke`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  const json: Answer = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(json));
  return json;
}

test("a question becomes a workflow, once, that is approved and ends with its report, all in one trace", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headers = { "idempotency-key": "question-1", traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const question = { input: "Write me a report about heat pumps", sessionId: "s-42" };
  const [one, two] = await Promise.all(doors.map((door) => invoke(door, question, headers)));
  expect(one.output).toBe("It is started.");
  const id: string = one.toolCalls[0].result.id;
  expect(two.toolCalls[0].result.id).toBe(id);

  const until = (status: string) =>
    eventually(`the workflow is ${status}`, async () => {
      const { workflow } = await invoke(doors[1], { route: { workflow: { id } } });
      return workflow.status === status ? workflow : undefined;
    });
  expect(await until("waiting_for_approval")).toMatchObject({
    sessionId: "s-42",
    input: { instructions: "Be brief." },
  });
  const approved = await fetch(`${workflows.url}/approve/${id}`, {
    method: "POST",
    body: JSON.stringify({ decision: "approve" }),
    headers: { "content-type": "application/json", authorization: await stage.issuer.bearer("ada") },
  });
  expect(approved.status).toBe(200);
  const ended = await until("completed");
  expect(ended.report.bytes).toBeGreaterThan(0);

  const all: Answer = await fetch(`${workflows.url}/workflows`).then((answer) => answer.json());
  expect(all.workflows).toHaveLength(1);
  for (const agent of [...doors, workflows])
    expect(agent.entries().filter((line) => line.trace_id === traceId && line.session_id === "s-42")).not.toEqual([]);
});

test("a workflow service that is killed is said so, and found again by the same request", async () => {
  await workflows.kill();
  const key = { "idempotency-key": "question-2" };
  const request = { input: "Heat pumps", sessionId: "s-43", route: { workflow: true } };
  await expect(invoke(doors[0], request, key)).rejects.toThrow(/PeerUnavailable.*"retryable":true/);
  workflows = await stage.replica(scope, { PORT: new URL(workflows.url).port });
  const { workflow } = await invoke(doors[0], request, key);
  expect(workflow).toMatchObject({ input: { topic: "Heat pumps" }, sessionId: "s-43" });
});
