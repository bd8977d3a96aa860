import { AgentError } from "@agentorchestrator/shared";
import type { Message } from "@aws-sdk/client-bedrock-runtime";
import type { Models, Question } from "../bedrock/models.ts";
import type { Turn } from "../bedrock/turn.ts";
import { addUsage, type Emit, type ToolCall, type Usage } from "../events.ts";
import type { Toolbox, ToolContext } from "./toolbox.ts";

export interface LoopLimits {
  /** How often a model may use tools for one request. */
  readonly toolTurns: number;
  /** How often it may use them wrongly. */
  readonly toolErrors: number;
}

export interface Conversation {
  readonly output: string;
  readonly stopReason: string;
  readonly usage: Usage;
  readonly toolCalls: ToolCall[];
}

/** More tools at once are no work of a sane model. */
const MOST_TOOLS_AT_ONCE = 16;

/**
 * Asks a model, gives it the results of the tools that it uses, and asks again until it has answered. Text and tools are
 * emitted as they come when `streaming`.
 *
 * @throws AgentError of Models; ToolTurnsExhausted, ModelNonsense, MalformedModelOutput. What tools did before stands in
 *   `details.toolCalls`: it is not undone
 */
export async function converse(
  { models, toolbox, limits }: { models: Models; toolbox: Toolbox; limits: LoopLimits },
  question: Question,
  context: ToolContext,
  emit: Emit,
  streaming: boolean,
): Promise<Conversation> {
  const messages: Message[] = [...question.messages];
  const toolCalls: ToolCall[] = [];
  let usage: Usage = { inputTokens: 0, outputTokens: 0 };
  let output = "";
  let nonsense = 0;
  const say = async (text: string) => {
    await emit({ event: "chunk", data: { text } });
    output += text;
  };
  try {
    for (let turns = 0; ; turns++) {
      // What was said before a tool and what is said after it are two paragraphs.
      let separator = output === "" ? "" : "\n\n";
      const onText = async (text: string) => {
        const before = separator;
        separator = "";
        await say(before + text);
      };
      const asked = { ...question, messages, tools: toolbox.configuration };
      const turn = await models.ask(asked, context.signal, streaming ? onText : undefined);
      if (!streaming && turn.text !== "") await onText(turn.text);
      usage = addUsage(usage, turn.usage);
      if (turn.stopReason !== "tool_use") return await ended(turn, { output, usage, toolCalls }, emit);
      if (turns >= limits.toolTurns) throw exhausted(question.model, limits.toolTurns);
      checkToolUses(turn, question.model);
      const used = await toolbox.useAll(turn.toolUses, context, emit);
      toolCalls.push(...used.map(({ call }) => call));
      nonsense += used.filter((one) => one.nonsense).length;
      if (nonsense > limits.toolErrors) throw wrongTools(question.model, nonsense, toolCalls);
      messages.push(turn.message, { role: "user", content: used.map(({ block }) => block) });
    }
  } catch (error) {
    throw withCalls(error, toolCalls);
  }
}

async function ended(
  { stopReason, guardrail }: Turn,
  rest: Omit<Conversation, "stopReason">,
  emit: Emit,
): Promise<Conversation> {
  if (stopReason === "malformed_tool_use" || stopReason === "malformed_model_output") {
    const message = `the model's answer could not be read by Bedrock (${stopReason}): try again`;
    throw new AgentError("MalformedModelOutput", message, { status: 502, retryable: true });
  }
  if (stopReason === "guardrail_intervened") await emit({ event: "guardrail", data: { trace: guardrail } });
  return { ...rest, stopReason };
}

function checkToolUses({ toolUses }: Turn, model: string): void {
  if (toolUses.length <= MOST_TOOLS_AT_ONCE) return;
  const message = `the model ${model} asked for ${toolUses.length} tools at once: try again, or use another model`;
  throw new AgentError("ModelNonsense", message, { status: 502, retryable: true });
}

function exhausted(model: string, turns: number): AgentError {
  const message = `the model ${model} used tools ${turns} times without coming to an answer: ask for less, or raise MAX_TOOL_TURNS`;
  return new AgentError("ToolTurnsExhausted", message, { status: 502, retryable: false });
}

function wrongTools(model: string, times: number, calls: readonly ToolCall[]): AgentError {
  const last = calls.findLast(({ status }) => status === "error");
  const message = `the model ${model} used tools wrongly ${times} times, at last ${last?.name}: try again, or use another model`;
  return new AgentError("ModelNonsense", message, { status: 502, retryable: true });
}

function withCalls(error: unknown, toolCalls: readonly ToolCall[]): unknown {
  if (!(error instanceof AgentError) || toolCalls.length === 0) return error;
  const { code, message, status, retryable, retryAfterSeconds, details, cause } = error;
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  const more = typeof details === "object" ? { ...details, toolCalls } : { details, toolCalls };
  return new AgentError(code, message, { status, retryable, details: more, cause, ...wait });
}
