import { type AgentProcess, startAgent } from "@agentorchestrator/shared/testing";
import { CreateSecretCommand, UpdateSecretCommand } from "@aws-sdk/client-secrets-manager";
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
  });

  it("has a step done by an agent elsewhere, which finds its token in the event", async () => {
    const agent = await start();
    const { id } = await create(agent, { remoteSteps: ["analyst"] });
    await status(agent, id, "waiting_for_callback");
    const asked = await eventually("the event", async () =>
      stage.eventBridge.events.find(({ type, detail }) => type === "StepRequested" && detail.workflowId === id),
    );
    expect(asked.detail).toMatchObject({ step: "analyst", topic: "Heat pumps", bucket: scope.bucket });
    expect(asked.detail.artifacts).toMatchObject([{ step: "researcher" }]);
    const report = { step: "analyst", token: asked.detail.callbackToken, result: { text: "# From elsewhere" } };
    await call(agent, "POST", `/callbacks/${id}`, report);
    const view = await status(agent, id, "waiting_for_approval");
    expect(view.steps[1]).toMatchObject({ step: "analyst", status: "completed", remote: true, attempts: 0 });
    await call(agent, "POST", `/approve/${id}`, { decision: "approve" });
    await status(agent, id, "completed");
    expect(stage.bedrock.calls.at(-1)?.text).toContain("# From elsewhere");
  });

  it("waits for a model that throttles, however often", async () => {
    const throttled = { status: 429, type: "ThrottlingException", message: "slow down" };
    stage.bedrock.play([{ times: 6, answer: { refuse: throttled } }, ...answers]);
    const agent = await start({ MODEL_BAD_ANSWERS: "2" });
    const { id } = await create(agent);
    const view = await status(agent, id, "waiting_for_approval");
    expect(view.steps[0]?.attempts).toBe(7);
  });

  it("fails with what is wrong when the model's answers stay without use", async () => {
    stage.bedrock.play([{ answer: { text: ["I cannot."], stopReason: "content_filtered" } }]);
    const agent = await start({ MODEL_BAD_ANSWERS: "3" });
    const { id } = await create(agent);
    const view = await status(agent, id, "failed");
    expect(view.error?.code).toBe("ModelRefused");
    expect(view.error?.message).toMatch(
      /step researcher failed after 3 answers without use: .* stopped by the content filter/,
    );
    expect(stage.bedrock.calls).toHaveLength(3);
  });

  it("that is cancelled at one replica stops its model's call at another", async () => {
    stage.bedrock.play([{ answer: { delayMs: 30_000 } }]);
    const one = await start({ LEASE_SECONDS: "30" });
    const { id } = await create(one);
    const asked = await eventually("the model to be asked", async () => stage.bedrock.calls[0]);
    const other = await start({ LEASE_SECONDS: "30" });
    await call(other, "POST", `/workflows/${id}/cancel`, {});
    await eventually("the call to end", async () => (asked.outcome === "gone" ? true : undefined), 3_000);
    expect((await call(one, "GET", `/workflows/${id}`)).status).toBe("cancelled");
    expect(stage.bedrock.calls).toHaveLength(1);
  });
});

describe("a replica", () => {
  it("starts while the database is down, and works once it is there", async () => {
    await stage.postgres.kill();
    const agent = await stage.replica(scope, {}, undefined, "/health");
    agents.push(agent);
    const ready = await fetch(`${agent.url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain("the database could not be reached since the start");
    await expect(create(agent)).rejects.toThrow(/503.*DatabaseUnavailable/);
    await stage.postgres.restart();
    await eventually("the replica to be ready", async () => (await fetch(`${agent.url}/ready`)).ok || undefined);
    const { id } = await create(agent);
    await status(agent, id, "waiting_for_approval");
  });

  it("loses no answer of a model when the database goes in the middle", async () => {
    stage.bedrock.play(answers.map((rule) => ({ ...rule, answer: { ...rule.answer, delayMs: 600 } })));
    const agent = await start({ LEASE_SECONDS: "20" });
    const made = await Promise.all(Array.from({ length: 5 }, () => create(agent)));
    await eventually("all to be asked", async () => (stage.bedrock.calls.length === 5 ? true : undefined));
    await stage.postgres.kill();
    await eventually("all answers", async () =>
      stage.bedrock.calls.every(({ outcome }) => outcome === "answered") ? true : undefined,
    );
    await stage.postgres.restart();
    for (const { id } of made) {
      const view = await status(agent, id, "waiting_for_approval");
      expect(view.steps.map(({ attempts }) => attempts)).toEqual([1, 1, 0]);
    }
    expect(stage.bedrock.calls).toHaveLength(10);
  });

  it("lets its step end when it is told to, and another one goes on at once", async () => {
    stage.bedrock.play(answers.map((rule) => ({ ...rule, answer: { ...rule.answer, delayMs: 700 } })));
    const env = { LEASE_SECONDS: "60", DRAIN_SECONDS: "10" };
    const one = await start(env);
    const { id } = await create(one);
    await eventually("the model to be asked", async () => stage.bedrock.calls[0]);
    const other = await start(env);
    expect(await one.stop()).toBe(0);
    await status(other, id, "waiting_for_approval");
    expect(stage.bedrock.calls).toHaveLength(2);
  });

  it("gives up a step that takes too long to drain, and another one begins it again", async () => {
    stage.bedrock.play([{ times: 1, answer: { delayMs: 60_000 } }, ...answers]);
    const env = { LEASE_SECONDS: "60", DRAIN_SECONDS: "1" };
    const one = await start(env);
    const { id } = await create(one);
    const asked = await eventually("the model to be asked", async () => stage.bedrock.calls[0]);
    const other = await start(env);
    expect(await one.stop()).toBe(0);
    expect(asked.outcome).toBe("gone");
    const view = await status(other, id, "waiting_for_approval");
    expect(view.steps[0]?.attempts).toBe(2);
  });

  it("uses a new password after it was rotated", async () => {
    const secret = (password: string) => JSON.stringify({ username: "rotating", password });
    await stage.postgres.query("create role rotating login superuser password 'first-password'");
    const { ARN } = await stage.secrets.send(
      new CreateSecretCommand({ Name: "rotating", SecretString: secret("first-password") }),
    );
    const agent = await start({ DATABASE_SECRET_ARN: ARN ?? "" });
    const { id } = await create(agent);
    await stage.postgres.query("alter role rotating password 'second-password'");
    await stage.secrets.send(new UpdateSecretCommand({ SecretId: ARN, SecretString: secret("second-password") }));
    await stage.postgres.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rotating'");
    const views = async () => (await call(agent, "GET", `/workflows/${id}`).catch(() => undefined)) ?? undefined;
    await eventually("the new password to be used", views);
    expect(agent.logs.join("\n")).not.toMatch(/(first|second)-password/);
  });

  it("tells no secret: neither password, callback token, nor an approver's token", async () => {
    const agent = await start({ LOG_LEVEL: "trace" });
    const { id } = await create(agent, { remoteSteps: ["researcher"] });
    const asked = await eventually("the event", async () =>
      stage.eventBridge.events.find(({ type, detail }) => type === "StepRequested" && detail.workflowId === id),
    );
    const token = String(asked.detail.callbackToken);
    await call(agent, "POST", `/callbacks/${id}`, { step: "researcher", token: "wrong", result: { text: "x" } }).catch(
      () => {},
    );
    await call(agent, "POST", `/callbacks/${id}`, { step: "researcher", token, result: { text: "# Notes" } });
    await status(agent, id, "waiting_for_approval");
    await stage.postgres.restart();
    await eventually("the database to be used again", () =>
      call(agent, "POST", `/approve/${id}`, { decision: "approve" }).catch(() => undefined),
    );
    await status(agent, id, "completed");
    await agent.stop();
    const said = agent.logs.join("\n");
    expect(said).toContain(id);
    for (const secret of [stage.postgres.password, token, "eyJ"]) expect(said).not.toContain(secret);
  });

  it("says which use wires what is missing, and ends with EX_CONFIG", async () => {
    const agent = await startAgent({ main: new URL("main.ts", import.meta.url), env: {}, until: false });
    expect(await agent.exited).toBe(78);
    const [line] = agent.entries();
    expect(line?.msg).toMatch(/DATABASE_HOST is missing \(.*uses: \[\{ component: database \}\]\)/);
  });
});
