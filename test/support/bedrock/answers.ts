import { randomUUID } from "node:crypto";
import type { Call } from "./calls.ts";
import { eventFrame } from "./frames.ts";
import type { Answer } from "./script.ts";

const tokens = (text: string): number => Math.ceil(text.length / 4);

const textOf = (answer: Answer): readonly string[] => answer.text ?? (answer.toolUse ? [] : ["ok"]);

const toolsOf = (answer: Answer) =>
  (answer.toolUse ?? []).map(({ name, input, id }) => ({ name, input, id: id ?? `tooluse_${randomUUID()}` }));

export const stopReasonOf = (answer: Answer): string =>
  answer.stopReason ?? (answer.toolUse ? "tool_use" : answer.returnControl ? "return_control" : "end_turn");

function usageOf(answer: Answer, call: Call) {
  const inputTokens = answer.usage?.inputTokens ?? tokens(JSON.stringify(call.body));
  const outputTokens =
    answer.usage?.outputTokens ??
    tokens(textOf(answer).join("") + (answer.toolUse ? JSON.stringify(answer.toolUse) : ""));
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

const guardrailTrace = (answer: Answer) =>
  stopReasonOf(answer) === "guardrail_intervened"
    ? { trace: { guardrail: { actionReason: "Guardrail blocked.", inputAssessment: {} } } }
    : {};

/** Body of Converse's answer. */
export function converseBody(answer: Answer, call: Call) {
  const text = textOf(answer).join("");
  const content = [
    ...(text === "" ? [] : [{ text }]),
    ...toolsOf(answer).map(({ name, input, id }) => ({ toolUse: { toolUseId: id, name, input } })),
  ];
  return {
    output: { message: { role: "assistant", content } },
    stopReason: stopReasonOf(answer),
    usage: usageOf(answer, call),
    metrics: { latencyMs: answer.delayMs ?? 0 },
    ...guardrailTrace(answer),
  };
}

/** A frame, and whether time passes before it. */
export interface Timed {
  readonly frame: Uint8Array;
  readonly waits: boolean;
}
const now = (type: string, payload: unknown): Timed => ({ frame: eventFrame(type, payload), waits: false });
const later = (type: string, payload: unknown): Timed => ({ frame: eventFrame(type, payload), waits: true });

/** What ConverseStream sends before its end: text, then tools, each its own content block. */
export function* converseBegin(answer: Answer): Generator<Timed> {
  yield now("messageStart", { role: "assistant" });
  let contentBlockIndex = 0;
  const chunks = textOf(answer);
  for (const text of chunks) yield later("contentBlockDelta", { contentBlockIndex, delta: { text } });
  if (chunks.length > 0) yield now("contentBlockStop", { contentBlockIndex: contentBlockIndex++ });
  for (const { name, input, id } of toolsOf(answer)) {
    yield now("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } });
    const json = typeof input === "string" ? input : JSON.stringify(input);
    const half = Math.ceil(json.length / 2);
    for (const part of [json.slice(0, half), json.slice(half)])
      yield later("contentBlockDelta", { contentBlockIndex, delta: { toolUse: { input: part } } });
    yield now("contentBlockStop", { contentBlockIndex: contentBlockIndex++ });
  }
}

/** A good end of ConverseStream. */
export function* converseEnd(answer: Answer, call: Call): Generator<Timed> {
  yield now("messageStop", { stopReason: stopReasonOf(answer) });
  const metrics = { latencyMs: answer.delayMs ?? 0 };
  yield now("metadata", { usage: usageOf(answer, call), metrics, ...guardrailTrace(answer) });
}

const tracePart = (call: Call, trace: unknown) => {
  const [agentId, agentAliasId] = call.agent?.split("/") ?? [];
  return { agentId, agentAliasId, agentVersion: "1", sessionId: call.sessionId, trace };
};

/** What InvokeAgent sends before its end: chunks, the last with its sources. */
export function* agentBegin(answer: Answer): Generator<Timed> {
  const text = answer.returnControl && !answer.text ? [] : textOf(answer);
  const chunks = answer.chunkBytes
    ? cut(Buffer.from(text.join("")), answer.chunkBytes)
    : text.map((part) => Buffer.from(part));
  for (const [index, chunk] of chunks.entries()) {
    const attribution = index === chunks.length - 1 && answer.attribution ? { attribution: answer.attribution } : {};
    yield later("chunk", { bytes: chunk.toString("base64"), ...attribution });
  }
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

/** A good end of InvokeAgent: usage and guardrail, which stand in traces only, and what is handed back. */
export function* agentEnd(answer: Answer, call: Call): Generator<Timed> {
  if (call.body.enableTrace === true) {
    if (stopReasonOf(answer) === "guardrail_intervened")
      yield now("trace", tracePart(call, { guardrailTrace: { action: "INTERVENED", traceId: "guard" } }));
    const { inputTokens, outputTokens } = usageOf(answer, call);
    const metadata = { usage: { inputTokens, outputTokens } };
    const modelInvocationOutput = { metadata, rawResponse: { content: textOf(answer).join("") } };
    yield now("trace", tracePart(call, { orchestrationTrace: { modelInvocationOutput } }));
  }
  if (answer.returnControl) yield now("returnControl", answer.returnControl);
}
