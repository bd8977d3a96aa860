import { randomInt } from "node:crypto";
import { Readable } from "node:stream";
import { readEvents, type StreamedEvent } from "@agentorchestrator/shared";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Script, Answer as Scripted } from "../../../test/support/bedrock/script.ts";
import { type Answer, type Door, openDoor, textOf } from "./testing/door.ts";
import { startWorkflowService } from "./testing/peers.ts";

/** Random conversations: AGENT_CORE_SEED repeats one run. */
const seed = Number(process.env.AGENT_CORE_SEED ?? randomInt(2 ** 31));
const CONVERSATIONS = 60;

/** mulberry32: the same numbers for the same seed. */
function generator(state: number): () => number {
  let value = state;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let mixed = Math.imul(value ^ (value >>> 15), 1 | value);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let service: Awaited<ReturnType<typeof startWorkflowService>>;
let door: Door;
beforeAll(async () => {
  service = await startWorkflowService();
  door = await openDoor({
    LANGGRAPH_URL: service.url,
    MAX_TOOL_TURNS: "3",
    MAX_TOOL_ERRORS: "3",
    BEDROCK_MAX_ATTEMPTS: "1",
  });
});
afterAll(async () => {
  await door.stop();
  await service.stop();
});

const texts = ["", " ", "\n", "word ", "Grüße, 世界 🚀", "\u2028", "data: x\n\n", '{"a": 1}'];
const uses = [
  { name: "get_workflow", input: { id: "nobody" } },
  { name: "get_workflow", input: {} },
  { name: "nothing", input: { a: [1, { b: null }] } },
  { name: "invoke_bedrock_agent", input: { agent: "support", input: "hello" } },
];
const reasons = [
  "end_turn",
  "tool_use",
  "max_tokens",
  "stop_sequence",
  "guardrail_intervened",
  "malformed_tool_use",
  "content_filtered",
];

function conversation(random: () => number): Script {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const some = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, (_, index) => make(index));
  const turn = (number: number): Scripted => ({
    text: some(4, () => pick(texts)),
    toolUse: some(2, (index) => ({ ...pick(uses), id: `t-${number}-${index}` })),
    ...(random() < 0.5 && { stopReason: pick(reasons) }),
    usage: { inputTokens: Math.floor(random() * 100), outputTokens: Math.floor(random() * 100) },
    ...(random() < 0.1 && { end: { exception: "validationException", message: "no" } }),
  });
  return [
    { when: { operation: "InvokeAgent" }, answer: { text: ["from the agent"] } },
    ...some(4, (number) => ({ times: 1, answer: turn(number) })),
    { answer: { text: ["the end"] } },
  ];
}

test(`a stream and an answer in one piece say the same, in random conversations (seed ${seed})`, async () => {
  const random = generator(seed);
  let tools = 0;
  let errors = 0;
  for (let round = 0; round < CONVERSATIONS; round++) {
    const script = conversation(random);
    const request = { input: `round ${round}`, sessionId: "s-1" };
    door.bedrock.play(script);
    const whole = (await door.invoke(request)).body;
    const asked = door.bedrock.calls.map(({ text }) => text);
    door.bedrock.play(script);
    const answer = await door.post("/invoke/stream", request);
    const told =
      answer.status === 200 ? await eventsOf(answer) : { error: ((await answer.json()) as Answer).error, text: "" };
    const message = `round ${round}, AGENT_CORE_SEED=${seed}: ${JSON.stringify(script)}`;
    expect(
      door.bedrock.calls.map(({ text }) => text),
      message,
    ).toEqual(asked);
    if (whole.error) {
      errors++;
      expect(told.error?.code, message).toBe(whole.error.code);
      continue;
    }
    tools += whole.toolCalls?.length ?? 0;
    expect({ ...told.done, requestId: "" }, message).toEqual({ ...whole, requestId: "" });
    expect(told.text, message).toBe(whole.output);
  }
  // Otherwise the conversations would be too plain to tell anything.
  expect(tools).toBeGreaterThan(10);
  expect(errors).toBeGreaterThan(2);
});

async function eventsOf(answer: Response): Promise<{ done?: Answer; error?: Answer; text: string }> {
  const events: StreamedEvent[] = [];
  for await (const event of readEvents(Readable.fromWeb(answer.body as never))) events.push(event);
  const last = events.at(-1);
  return { [last?.event ?? "none"]: last?.data, text: textOf(events) };
}
