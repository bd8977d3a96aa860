import { AgentError } from "@agentorchestrator/shared";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, type Door, dataOf, MODEL, openDoor, textOf } from "./testing/door.ts";
import { startWorkflowService } from "./testing/peers.ts";

let service: Awaited<ReturnType<typeof startWorkflowService>>;
let door: Door;
beforeAll(async () => {
  service = await startWorkflowService();
  door = await openDoor({ LANGGRAPH_URL: service.url, MAX_TOOL_TURNS: "3", MAX_TOOL_ERRORS: "2" });
});
beforeEach(() => {
  service.trouble = undefined;
});
afterAll(async () => {
  await door.stop();
  await service.stop();
});

const request = { input: "write about heat pumps", sessionId: "s-9" };
const start = (topic: string) => ({ name: "start_workflow", input: { topic } });
const usage = { inputTokens: 10, outputTokens: 5 };

/** What the model was told of its tools, newest call. */
function told(): Answer {
  const { messages }: Answer = door.bedrock.calls.at(-1)?.body ?? {};
  return messages.at(-1).content;
}

describe("without a route the default model chooses", () => {
  test("and is offered what is configured, each with a description and a schema", async () => {
    door.bedrock.play([{ answer: { text: ["by myself"] } }]);
    const { body } = await door.invoke(request);
    expect(body).toMatchObject({ route: { kind: "auto", model: MODEL }, output: "by myself" });
    expect(body.toolCalls).toBeUndefined();
    const { toolConfig }: Answer = door.bedrock.calls[0]?.body ?? {};
    const { tools } = toolConfig;
    expect(tools.map((tool: Answer) => tool.toolSpec.name)).toEqual([
      "start_workflow",
      "get_workflow",
      "invoke_bedrock_agent",
    ]);
    for (const { toolSpec } of tools) {
      expect(toolSpec.description.length).toBeGreaterThan(30);
      expect(toolSpec.inputSchema.json).toMatchObject({ type: "object", properties: expect.anything() });
    }
  });

  test("a workflow, whose id it is told, and says so; usage is of all its calls", async () => {
    door.bedrock.play([
      { when: { toolResult: false }, answer: { text: ["I start it."], toolUse: [start("heat pumps")], usage } },
      { when: { toolResult: true }, answer: { text: ["It is started."], usage } },
    ]);
    const { body } = await door.invoke(request);
    const [workflow] = [...service.workflows.values()].slice(-1);
    expect(body).toMatchObject({
      output: "I start it.\n\nIt is started.",
      usage: { inputTokens: 20, outputTokens: 10 },
      toolCalls: [
        { name: "start_workflow", input: { topic: "heat pumps" }, status: "success", result: { id: workflow?.id } },
      ],
    });
    expect(workflow).toMatchObject({ input: { topic: "heat pumps" }, sessionId: "s-9" });
    expect(told()).toMatchObject([
      { toolResult: { status: "success", content: [{ text: expect.stringContaining(String(workflow?.id)) }] } },
    ]);
  });

  test("streams what it says before and after, and which tool it uses", async () => {
    door.bedrock.play([
      { when: { toolResult: false }, answer: { text: ["I ", "start it."], toolUse: [start("heat pumps")] } },
      { when: { toolResult: true }, answer: { text: ["Started."] } },
    ]);
    const events = await door.stream(request);
    expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "chunk", "tool", "tool", "chunk", "done"]);
    expect(textOf(events)).toBe("I start it.\n\nStarted.");
    expect(dataOf(events, "done").output).toBe(textOf(events));
    expect(events.filter(({ event }) => event === "tool").map(({ data }) => data)).toMatchObject([
      { name: "start_workflow", status: "started" },
      { name: "start_workflow", status: "success" },
    ]);
  });

  test("several tools at once, of which each gets its own result, and one agent is asked one thing after the other", async () => {
    const ask = (agent: string, input: string) => ({ name: "invoke_bedrock_agent", input: { agent, input } });
    door.bedrock.play([
      { when: { operation: "InvokeAgent", text: "one" }, answer: { text: ["first"], everyMs: 80 } },
      { when: { operation: "InvokeAgent" }, answer: { text: ["later"] } },
      {
        when: { toolResult: false },
        answer: { toolUse: [ask("support", "one"), ask("support", "two"), ask("billing", "three")] },
      },
      { answer: { text: ["all"] } },
    ]);
    const { body } = await door.invoke(request);
    expect(body.toolCalls.map(({ result }: Answer) => result.output)).toEqual(["first", "later", "later"]);
    const asked = (agent: string) => door.bedrock.calls.filter((call) => call.agent === agent);
    expect(asked("AGENT12345/ALIAS12345").map(({ text }) => text)).toEqual(["one", "two"]);
    expect(asked("AGENT67890/ALIAS67890").map(({ sessionId }) => sessionId)).toEqual(["s-9"]);
  });
});

describe("the same request, sent again with its key,", () => {
  const headers = { "idempotency-key": "k-1" };

  test("is answered with the recorded answer, and starts nothing twice", async () => {
    door.bedrock.play([
      { when: { toolResult: false }, answer: { toolUse: [start("once")] } },
      { answer: { text: ["started"] } },
    ]);
    const before = service.workflows.size;
    const first = await door.invoke(request, headers);
    const again = await door.invoke(request, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(service.workflows.size).toBe(before + 1);
    const other = await door.invoke({ ...request, input: "something else" }, headers);
    expect(other.body.error).toMatchObject({ code: "IdempotencyKeyReused" });
  });

  test("starts no second workflow when the first try failed after it was started", async () => {
    const key = { "idempotency-key": "k-2" };
    const refuse = { status: 400, type: "ValidationException", message: "no more" };
    const before = service.workflows.size;
    door.bedrock.play([{ when: { toolResult: false }, answer: { toolUse: [start("once")] } }, { answer: { refuse } }]);
    const failed = await door.invoke(request, key);
    expect(failed.status).toBe(400);
    expect(failed.body.error.details.toolCalls).toMatchObject([{ name: "start_workflow", status: "success" }]);
    door.bedrock.play([{ when: { toolResult: false }, answer: { toolUse: [start("once")] } }, { answer: {} }]);
    const again = await door.invoke(request, key);
    expect(again.body.toolCalls[0].result.id).toBe(failed.body.error.details.toolCalls[0].result.id);
    expect(service.workflows.size).toBe(before + 1);
  });
});

describe("a model that talks nonsense", () => {
  test.each([
    ["a tool that there is not", { name: "rm_rf", input: {} }, /there is no tool rm_rf.*start_workflow/],
    ["input of another shape", { name: "get_workflow", input: { workflow: 7 } }, /the input is wrong.*id/s],
    ["input with fields too many", { name: "get_workflow", input: { id: "x", extra: 1 } }, /extra/],
    ["input that is no JSON", { name: "get_workflow", input: '{"id": ' }, /not valid JSON/],
    ["input that is no object", { name: "get_workflow", input: "[1]" }, /has to be a JSON object/],
  ])("is told what is wrong, and may do better: %s", async (_, toolUse, message) => {
    door.bedrock.play([
      { when: { toolResult: false }, answer: { toolUse: [toolUse] } },
      { when: { toolResult: true }, answer: { text: ["sorry"] } },
    ]);
    const done = dataOf(await door.stream(request), "done");
    expect(done.output).toBe("sorry");
    expect(done.toolCalls).toMatchObject([{ status: "error" }]);
    expect(told()).toMatchObject([
      { toolResult: { status: "error", content: [{ text: expect.stringMatching(message) }] } },
    ]);
  });

  test("is given up after the configured number of errors", async () => {
    door.bedrock.play([{ answer: { toolUse: [{ name: "nope", input: {} }] } }]);
    const { status, body } = await door.invoke(request);
    expect(status).toBe(502);
    expect(body.error).toMatchObject({ code: "ModelNonsense", message: expect.stringContaining("3 times") });
    expect(door.bedrock.calls).toHaveLength(3);
  });

  test("or never comes to an answer is given up after the configured number of turns", async () => {
    door.bedrock.play([{ answer: { toolUse: [{ name: "get_workflow", input: { id: "w-1" } }] } }]);
    const { status, body } = await door.invoke(request);
    expect(status).toBe(502);
    expect(body.error).toMatchObject({ code: "ToolTurnsExhausted", retryable: false });
    expect(body.error.details.toolCalls).toHaveLength(3);
    expect(door.bedrock.calls).toHaveLength(4);
  });

  test("that Bedrock itself cannot read is an error that may pass", async () => {
    door.bedrock.play([{ answer: { text: ["{{{"], stopReason: "malformed_tool_use" } }]);
    const { body } = await door.invoke(request);
    expect(body.error).toMatchObject({ code: "MalformedModelOutput", retryable: true });
  });

  test("that writes blank text beside a tool gets its result: Bedrock would refuse the blank text", async () => {
    for (const form of ["whole", "streamed"]) {
      door.bedrock.play([
        { when: { toolResult: false }, answer: { text: ["\n", " "], toolUse: [start("blank")] } },
        { when: { toolResult: true }, answer: { text: ["done"] } },
      ]);
      const done = form === "whole" ? (await door.invoke(request)).body : dataOf(await door.stream(request), "done");
      expect(done.output).toMatch(/done$/);
    }
  });

  test("that asks for a tool and says that it is finished, or the other way round, is understood", async () => {
    door.bedrock.play([
      { when: { toolResult: false }, answer: { toolUse: [start("x")], stopReason: "end_turn" } },
      { when: { toolResult: true }, answer: { text: ["done"], stopReason: "tool_use" } },
    ]);
    const { body } = await door.invoke(request);
    expect(body).toMatchObject({ output: "done", stopReason: "end_turn", toolCalls: [{ status: "success" }] });
  });

  test("that asks for far too many tools at once is not served", async () => {
    const before = service.calls.length;
    door.bedrock.play([{ answer: { toolUse: Array.from({ length: 17 }, () => start("x")) } }]);
    const { body } = await door.invoke(request);
    expect(body.error).toMatchObject({ code: "ModelNonsense", retryable: true });
    expect(service.calls).toHaveLength(before);
  });

  test("that is cut by its token limit within a tool's input uses no tool", async () => {
    const before = service.calls.length;
    door.bedrock.play([{ answer: { text: ["I "], toolUse: [start("x")], stopReason: "max_tokens" } }]);
    const { body } = await door.invoke(request);
    expect(body).toMatchObject({ output: "I ", stopReason: "max_tokens" });
    expect(service.calls).toHaveLength(before);
  });
});

describe("a destination that fails", () => {
  test("is told to the model, which tells the client", async () => {
    service.trouble = new AgentError("Overloaded", "try later", { status: 503, retryAfterSeconds: 0 });
    door.bedrock.play([
      { when: { toolResult: false }, answer: { toolUse: [start("x")] } },
      { when: { toolResult: true }, answer: { text: ["it does not work now"] } },
    ]);
    const { body } = await door.invoke(request);
    expect(body).toMatchObject({ output: "it does not work now", toolCalls: [{ status: "error" }] });
    expect(body.toolCalls[0].result).toMatch(/PeerUnavailable.*Overloaded/);
  });

  test("with a result longer than a conversation can hold is cut for the model", async () => {
    door.bedrock.play([
      { when: { operation: "InvokeAgent" }, answer: { text: ["x".repeat(100_000)] } },
      {
        when: { toolResult: false },
        answer: { toolUse: [{ name: "invoke_bedrock_agent", input: { agent: "support", input: "x" } }] },
      },
      { answer: {} },
    ]);
    const { body } = await door.invoke(request);
    expect(body.toolCalls[0].result).toMatch(/\[cut: \d+ more characters\]$/);
    expect(JSON.stringify(told()).length).toBeLessThan(45_000);
  });
});

describe("the workflow route", () => {
  test("starts a workflow on the input and tells how it is later", async () => {
    const route = { workflow: { instructions: "be brief", remoteSteps: ["researcher"] } };
    const { body } = await door.invoke({ input: "heat pumps", sessionId: "s-1", route });
    expect(body).toMatchObject({
      route: { kind: "workflow" },
      workflow: { status: "pending" },
      stopReason: "end_turn",
    });
    expect(body.output).toBe(`Workflow ${body.workflow.id} is pending.`);
    expect(service.calls.at(-1)).toMatchObject({
      body: { topic: "heat pumps", instructions: "be brief", remoteSteps: ["researcher"], sessionId: "s-1" },
      headers: { "x-session-id": "s-1", "x-request-id": body.requestId, "idempotency-key": expect.stringMatching(/./) },
    });
    const later = await door.stream({ route: { workflow: { id: body.workflow.id } } });
    expect(dataOf(later, "done").workflow).toEqual(body.workflow);
  });

  test("with the same key starts one workflow, also on another replica", async () => {
    const body = { input: "once", sessionId: "s-1", route: { workflow: true } };
    const headers = { "idempotency-key": "w-1" };
    const other = await openDoor({ LANGGRAPH_URL: service.url });
    const [one, two] = await Promise.all([door.invoke(body, headers), other.invoke(body, headers)]);
    await other.stop();
    expect(one.body.workflow.id).toBe(two.body.workflow.id);
  });

  test("passes the service's refusals on, with their status", async () => {
    const { status, body } = await door.invoke({ route: { workflow: { id: "nobody" } } });
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "PeerRefused", details: { peer: { code: "WorkflowNotFound" } } });
  });

  test("says so when the service is away", async () => {
    const away = await openDoor({ LANGGRAPH_URL: "http://127.0.0.1:9" });
    const { status, body } = await away.invoke({ input: "x", route: { workflow: true } });
    await away.stop();
    expect(status).toBe(503);
    expect(body.error).toMatchObject({ code: "PeerUnavailable", retryable: true });
  });
});
