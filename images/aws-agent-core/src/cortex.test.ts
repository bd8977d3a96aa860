import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, type Door, dataOf, openDoor, textOf } from "./testing/door.ts";
import { type StandIn, startCortexService } from "./testing/peers.ts";

let service: StandIn;
let door: Door;
beforeAll(async () => {
  service = await startCortexService();
  door = await openDoor({ SNOWFLAKE_CORTEX_URL: service.url });
});
afterAll(async () => {
  await door.stop();
  await service.stop();
});

test.each([
  ["complete", {}, { prompt: "how many?", stream: false }, "forty two"],
  ["analyst", { semanticView: "DB.S.V" }, { question: "how many?", semanticView: "DB.S.V" }, "Orders by month."],
  ["search", { service: "docs", limit: 3 }, { query: "how many?", service: "docs", limit: 3 }, ""],
  ["query", { binds: [1], maxRows: 5 }, { sql: "how many?", binds: [1], maxRows: 5 }, ""],
])(
  "%s is asked with the input and the parameters, and its whole answer is passed on",
  async (operation, parameters, sent, output) => {
    const { status, body } = await door.invoke({ input: "how many?", route: { cortex: { operation, parameters } } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ route: { kind: "cortex", operation }, output, stopReason: "end_turn" });
    expect(Object.keys(body.cortex).length).toBeGreaterThan(1);
    expect(service.calls.at(-1)).toMatchObject({ path: `/${operation}`, body: sent });
  },
);

test("a completion is streamed, with its usage at the end", async () => {
  const events = await door.stream({ input: "how many?", route: { cortex: { operation: "complete" } } });
  expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "chunk", "done"]);
  expect(dataOf(events, "done")).toMatchObject({ output: textOf(events), usage: { inputTokens: 11, outputTokens: 3 } });
});

test("a completion that breaks in the middle is an error event", async () => {
  const route = { cortex: { operation: "complete", parameters: { model: "breaks" } } };
  const events = await door.stream({ input: "how many?", route });
  expect(events.map(({ event }) => event)).toEqual(["start", "chunk", "chunk", "error"]);
  expect(dataOf(events, "error")).toMatchObject({ code: "CompletionBroken", retryable: true });
});

test("a parameter that the service does not know is its refusal, with the field", async () => {
  const route = { cortex: { operation: "search", parameters: { servise: "docs" } } };
  const { status, body } = await door.invoke({ input: "x", route });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: "PeerRefused", message: expect.stringContaining("servise") });
});

test("as a tool of the model it answers with few rows, and its refusals are told to the model", async () => {
  const use = (input: object) => [{ name: "ask_cortex", input }];
  door.bedrock.play([
    { times: 1, answer: { toolUse: use({ operation: "query", input: "SELECT 1", parameters: { service: "docs" } }) } },
    { times: 1, answer: { toolUse: use({ operation: "query", input: "SELECT 1" }) } },
    { answer: { text: ["fifty"] } },
  ]);
  const { body } = await door.invoke({ input: "how many?" });
  expect(body.output).toBe("fifty");
  expect(body.toolCalls.map(({ status }: Answer) => status)).toEqual(["error", "success"]);
  expect(body.toolCalls[0].result).toMatch(/PeerRefused.*service/);
  expect(body.toolCalls[1].result).toMatchObject({ queryId: "q-1", rows: [[50]] });
});
