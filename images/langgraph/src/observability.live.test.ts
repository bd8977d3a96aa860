import type { AgentProcess, Collector } from "@agentorchestrator/shared/testing";
import { startCollector } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, type Stage, startStage } from "./testing/stage.ts";

const model = "anthropic.claude-sonnet-4-5-20250929-v1:0";

let stage: Stage;
let collector: Collector;
let agent: AgentProcess;
let id: string;
beforeAll(async () => {
  [stage, collector] = await Promise.all([startStage(), startCollector()]);
  stage.bedrock.play([
    { times: 1, answer: { refuse: { status: 429, type: "ThrottlingException", message: "slow down" } } },
    { answer: { text: ["# Found"], usage: { inputTokens: 11, outputTokens: 7 } } },
  ]);
  agent = await stage.replica(await stage.newScope(), {
    LANGFUSE_BASE_URL: collector.url,
    LANGFUSE_PUBLIC_KEY: "pk-lf-1",
    LANGFUSE_SECRET_KEY: "sk-lf-1",
  });
  const created = await fetch(`${agent.url}/workflows`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topic: "Heat pumps", sessionId: "s-42" }),
  });
  ({ id } = (await created.json()) as { id: string });
  await eventually("the workflow to wait", async () => {
    const view = (await (await fetch(`${agent.url}/workflows/${id}`)).json()) as { status: string };
    return view.status === "waiting_for_approval" || undefined;
  });
  await agent.stop();
});
afterAll(async () => {
  await agent?.kill();
  await Promise.all([stage?.stop(), collector?.stop()]);
});

it("measures each question to the model, with model and tokens; workflow and session are properties", () => {
  const measured = agent.entries().filter((line) => "_aws" in line && line.Model === model);
  expect(measured).toMatchObject([
    { operation: "researcher", status: "failed", error: "ModelThrottled", ErrorRate: 1, workflow_id: id },
    { operation: "researcher", status: "completed", inputTokens: 11, outputTokens: 7, TokensConsumed: 18 },
    { operation: "analyst", status: "completed", CompletionStatus: 1, session_id: "s-42", workflow_id: id },
  ]);
  expect(measured.every((line) => typeof line.ExecutionTime === "number")).toBe(true);
});

it("logs the work on a workflow with its ids", () => {
  const told = ["the step is tried again", "the workflow waits"];
  const lines = agent.entries().filter(({ msg }) => told.includes(String(msg)));
  expect(lines.map(({ msg }) => msg)).toEqual(told);
  for (const line of lines) expect(line).toMatchObject({ workflow_id: id, session_id: "s-42", agent: "langgraph" });
});

it("traces each run with its questions to the model", () => {
  const generations = collector.spans.filter(({ name }) => name === "analyst");
  expect(generations).toHaveLength(1);
  const [analyst] = generations;
  const workflow = collector.spans.find(({ spanId }) => spanId === analyst?.parentSpanId);
  expect(workflow?.name).toBe("workflow");
  expect(analyst?.attributes).toMatchObject({
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": model,
    "langfuse.observation.usage_details": JSON.stringify({ input: 11, output: 7 }),
    "session.id": "s-42",
    "langfuse.trace.metadata.workflow_id": id,
  });
});
