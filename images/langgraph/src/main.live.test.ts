import { setTimeout as sleep } from "node:timers/promises";
import type { AgentProcess } from "@agentorchestrator/shared/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Script } from "../../../test/support/bedrock/script.ts";
import { eventually, objectsOf, type Scope, type Stage, startStage } from "./testing/stage.ts";

const answers: Script = [
  { when: { system: "You are a researcher" }, answer: { text: ["# Notes\nHeat pumps heat."] } },
  { when: { system: "You are an analyst" }, answer: { text: ["# Analysis\nThey do."] } },
  { when: { system: "You are a writer" }, answer: { text: ["# Report\nBuy one."] } },
];

interface View {
  readonly id: string;
  readonly status: string;
  readonly error: { code: string; message: string } | null;
  readonly report: { key: string } | null;
  readonly steps: readonly { step: string; status: string; attempts: number; remote: boolean }[];
}

let stage: Stage;
let scope: Scope;
let agents: AgentProcess[];
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  scope = await stage.newScope();
  stage.bedrock.play(answers);
  agents = [];
});
afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.kill()));
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<AgentProcess> {
  const agent = await stage.replica(scope, env);
  agents.push(agent);
  return agent;
}

async function call<T = View>(agent: AgentProcess, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(agent.url + path, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      authorization: await stage.issuer.bearer("ada"),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer as T;
}

const status = (agent: AgentProcess, id: string, wanted: string) =>
  eventually(`${id} is ${wanted}`, async () => {
    const view = await call(agent, "GET", `/workflows/${id}`);
    return view.status === wanted ? view : undefined;
  });

const create = (agent: AgentProcess, more: object = {}) =>
  call(agent, "POST", "/workflows", { topic: "Heat pumps", ...more });

describe("a workflow", () => {
  it("runs to its approval, and with it to its report", async () => {
    const agent = await start();
    const { id } = await create(agent, { instructions: "Be brief." });
    await status(agent, id, "waiting_for_approval");
    await call(agent, "POST", `/approve/${id}`, { decision: "approve", reason: "sound" });
    const done = await status(agent, id, "completed");
    expect(done.steps.map(({ step, status, attempts }) => [step, status, attempts])).toEqual([
      ["researcher", "completed", 1],
      ["analyst", "completed", 1],
      ["approval", "completed", 0],
      ["writer", "completed", 1],
    ]);
    const objects = await objectsOf(stage.s3, scope.bucket);
    expect(objects.get(done.report?.key ?? "")?.text).toBe("# Report\nBuy one.");
    const { url } = await call<{ url: string }>(agent, "GET", `/workflows/${id}/report`);
    expect(await (await fetch(url)).text()).toBe("# Report\nBuy one.");
    const events = await eventually("all events", async () => {
      const of = stage.eventBridge.events.filter(({ detail }) => detail.workflowId === id);
      return of.at(-1)?.type === "WorkflowCompleted" ? of : undefined;
    });
    expect(events.map(({ type, detail }) => `${detail.sequence} ${type}`)).toEqual([
      "1 WorkflowCreated",
      "2 StepStarted",
      "3 StepCompleted",
      "4 StepStarted",
      "5 StepCompleted",
      "6 StepStarted",
      "7 ApprovalRequested",
      "8 ApprovalDecided",
      "9 StepStarted",
      "10 StepCompleted",
      "11 WorkflowCompleted",
    ]);
    await sleep(0);
  });
});
