import { Readable } from "node:stream";
import { readEvents, type StreamedEvent } from "@agentorchestrator/shared";
import { type AgentProcess, startAgent } from "@agentorchestrator/shared/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, dataOf, textOf } from "./testing/door.ts";

/**
 * Against a real account, where it costs a few cents: AGENTORCH_REAL_AWS=1, AWS_REGION, credentials by the SDK's default
 * chain, BEDROCK_MODELS (the first has to know tools), and optionally BEDROCK_AGENTS, BEDROCK_GUARDRAIL, and
 * BEDROCK_GUARDED_INPUT: a text at which that guardrail intervenes. What is not given is skipped.
 */
const { AGENTORCH_REAL_AWS, AWS_REGION, BEDROCK_MODELS, BEDROCK_AGENTS, BEDROCK_GUARDRAIL, BEDROCK_GUARDED_INPUT } =
  process.env;
const missing = [
  AGENTORCH_REAL_AWS !== "1" && "AGENTORCH_REAL_AWS=1",
  !AWS_REGION && "AWS_REGION",
  !BEDROCK_MODELS && "BEDROCK_MODELS",
].filter((entry) => typeof entry === "string");
if (missing.length > 0) process.stderr.write(`Bedrock itself is not tested: it needs ${missing.join(", ")}\n`);

/** The default chain's sources, which a process of the tests otherwise does not get. */
const credentials = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("AWS_")));

describe.skipIf(missing.length > 0)("Bedrock itself", () => {
  let agent: AgentProcess;
  beforeAll(async () => {
    const withoutStandIns = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_EC2_METADATA_DISABLED: "" };
    const env = { ...withoutStandIns, ...credentials, BEDROCK_MODELS, BEDROCK_AGENTS, BEDROCK_GUARDRAIL };
    agent = await startAgent({ main: new URL("main.ts", import.meta.url), env });
  });
  afterAll(() => agent?.stop());

  const post = (path: string, body: unknown) =>
    fetch(agent.url + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const stream = async (body: unknown): Promise<StreamedEvent[]> => {
    const answer = await post("/invoke/stream", body);
    if (answer.status !== 200) throw new Error(await answer.text());
    const events: StreamedEvent[] = [];
    for await (const event of readEvents(Readable.fromWeb(answer.body as never))) events.push(event);
    return events;
  };
  const model = BEDROCK_MODELS?.split(",")[0]?.trim();
  const toModel = {
    input: "Answer with the word pump, and nothing else.",
    route: { model },
    options: { maxTokens: 20 },
  };

  test("a model answers whole and streamed, with its usage", async () => {
    const body: Answer = await post("/invoke", toModel).then((answer) => answer.json());
    expect(body.output).toMatch(/pump/i);
    expect(body.usage.inputTokens).toBeGreaterThan(0);
    const events = await stream(toModel);
    expect(textOf(events)).toMatch(/pump/i);
    expect(dataOf(events, "done").usage.outputTokens).toBeGreaterThan(0);
  });

  test("a model that is not Bedrock's is refused with a code of ours", async () => {
    const other = await startAgent({
      main: new URL("main.ts", import.meta.url),
      env: { ...credentials, BEDROCK_MODELS: "nobody.no-such-model-v1:0" },
    });
    const answer = await fetch(`${other.url}/invoke`, {
      method: "POST",
      body: JSON.stringify({ input: "x" }),
      headers: { "content-type": "application/json" },
    });
    const { error }: Answer = await answer.json();
    await other.stop();
    expect(["RefusedByBedrock", "ModelNotFound", "ModelAccessDenied"]).toContain(error.code);
  });

  test.skipIf(!BEDROCK_AGENTS)("the default model asks a Bedrock agent as its tool", async () => {
    const name = BEDROCK_AGENTS?.split("=")[0]?.trim();
    const input = `Use the tool invoke_bedrock_agent to ask the agent ${name} to say hello, and tell me what it said.`;
    const done = dataOf(await stream({ input }), "done");
    expect(done.toolCalls).toMatchObject([{ name: "invoke_bedrock_agent", status: "success" }]);
    expect(done.output).not.toBe("");
  });

  test.skipIf(!BEDROCK_AGENTS)("a Bedrock agent streams, remembers its session, and tells its usage", async () => {
    const route = { agent: BEDROCK_AGENTS?.split("=")[0]?.trim() };
    const sessionId = `agentorch-${Date.now()}`;
    await stream({ input: "My name is Ada. Just say hello.", sessionId, route });
    const events = await stream({ input: "What is my name?", sessionId, route, options: { endSession: true } });
    expect(textOf(events)).toMatch(/Ada/);
    expect(dataOf(events, "done").usage.outputTokens).toBeGreaterThan(0);
  });

  test.skipIf(!BEDROCK_GUARDRAIL || !BEDROCK_GUARDED_INPUT)("a guardrail intervenes, whole and streamed", async () => {
    const guarded = { input: BEDROCK_GUARDED_INPUT, route: { model } };
    const body: Answer = await post("/invoke", guarded).then((answer) => answer.json());
    expect(body.stopReason).toBe("guardrail_intervened");
    expect((await stream(guarded)).map(({ event }) => event)).toContain("guardrail");
  });
});
