import { type AgentProcess, freePort } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PythonAnswer,
  type PythonClient,
  startPythonClient,
} from "../../../../test/support/grpc/python-client.ts";
import { type Stage, startStage } from "../testing/stage.ts";

let stage: Stage;
let agent: AgentProcess;
let python: PythonClient;
let address: string;

beforeAll(async () => {
  stage = await startStage();
  stage.bedrock.play([{ answer: { text: ["# Text"] } }]);
  const grpcPort = await freePort();
  address = `127.0.0.1:${grpcPort}`;
  agent = await stage.replica(await stage.newScope(), { GRPC_PORT: String(grpcPort), DRAIN_SECONDS: "5" });
  python = await startPythonClient(new URL("../../proto/", import.meta.url));
});
afterAll(async () => {
  await python?.stop();
  await agent?.kill();
  await stage?.stop();
});

const call = (name: string, request: unknown = {}, more: object = {}) =>
  python.call({ call: name, address, request, ...more });

const workflowOf = ({ answers }: PythonAnswer) => answers?.at(-1)?.workflow as { id: string; status: string };

describe("a client by gRPC's own implementation", () => {
  it("takes a workflow from its creation to its report", async () => {
    const created = await call(
      "CreateWorkflow",
      { input: { topic: "Heat pumps", instructions: "Wärme. ".repeat(400) }, idempotencyKey: "k1" },
      { gzip: true },
    );
    expect(created).toMatchObject({ status: "OK", answers: [{ created: true }] });
    const { id } = workflowOf(created);
    let decided: Promise<unknown> | undefined;
    const watched = await python.call({ call: "WatchWorkflow", address, request: { id } }, ({ workflow }) => {
      const { status } = workflow as { status: string };
      if (status === "WORKFLOW_STATUS_WAITING_FOR_APPROVAL") decided ??= approve(id);
    });
    await decided;
    expect(watched.status).toBe("OK");
    expect(workflowOf(watched).status).toBe("WORKFLOW_STATUS_COMPLETED");
    const report = await call("GetReport", { id });
    expect(await (await fetch(String(report.answers?.[0]?.url))).text()).toBe("# Text");
  });

  it("understands our errors by Google's own definition of them", async () => {
    expect(await call("GetWorkflow", { id: "nothing" })).toMatchObject({
      ...{ status: "NOT_FOUND", reasons: ["WorkflowNotFound"] },
    });
    expect(await call("DecideWorkflow", { id: "nothing", decision: "DECISION_APPROVED" })).toMatchObject({
      ...{ status: "UNAUTHENTICATED", reasons: ["Unauthenticated"] },
    });
    const metadata = [["authorization", await stage.issuer.bearer("ada")]];
    expect(await call("DecideWorkflow", { id: "nothing" }, { metadata })).toMatchObject({
      ...{ status: "INVALID_ARGUMENT", reasons: ["InvalidRequest"] },
    });
    expect(await call("CreateWorkflow", { input: { topic: "x".repeat(2_000_000) } })).toMatchObject({
      status: "RESOURCE_EXHAUSTED",
    });
  });

  it("finds health by the health protocol", async () => {
    expect(await call("Health")).toMatchObject({ answers: [{ status: "SERVING" }] });
    const service = "agentorchestrator.langgraph.v1.WorkflowService";
    expect(await call("Health", undefined, { service })).toMatchObject({ answers: [{ status: "SERVING" }] });
    expect(await call("Health", undefined, { service: "other" })).toMatchObject({ status: "NOT_FOUND" });
  });

  it("has its deadline kept, and is told to go elsewhere when the replica stops", async () => {
    const { id } = workflowOf(
      await call("CreateWorkflow", { input: { topic: "Stoves" }, remoteSteps: ["STEP_RESEARCHER"] }),
    );
    const late = await call("WatchWorkflow", { id }, { timeout: 0.5 });
    expect(late.status).toBe("DEADLINE_EXCEEDED");
    expect(late.answers?.length).toBeGreaterThan(0);
    const overHttp = await fetch(`${agent.url}/workflows/${id}/events`);
    let stopped: Promise<number | string> | undefined;
    const cut = await python.call({ call: "WatchWorkflow", address, request: { id } }, () => {
      stopped ??= agent.stop();
    });
    expect(cut).toMatchObject({ status: "UNAVAILABLE", reasons: ["ShuttingDown"] });
    expect(await overHttp.text()).toMatch(
      /event: workflow\n.*event: error\ndata: \{"code":"ShuttingDown".*"retryable":true/s,
    );
    expect(await stopped).toBe(0);
    expect(await call("GetWorkflow", { id })).toMatchObject({ status: "UNAVAILABLE" });
  });
});

async function approve(id: string): Promise<void> {
  const response = await fetch(`${agent.url}/approve/${id}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: await stage.issuer.bearer("ada") },
    body: '{"decision":"approve"}',
  });
  expect(response.status).toBe(200);
}
