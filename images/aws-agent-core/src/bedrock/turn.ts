import type {
  ContentBlock,
  ContentBlockDelta,
  ConverseResponse,
  ConverseStreamOutput,
  Message,
  TokenUsage,
} from "@aws-sdk/client-bedrock-runtime";
import type { Usage } from "../events.ts";

/** A tool that the model wants to use. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Why its input cannot be read, where it cannot. */
  readonly problem?: string;
}

/** One answer of a model. */
export interface Turn {
  /** To be sent back when the conversation goes on. */
  readonly message: Message;
  readonly text: string;
  readonly toolUses: readonly ToolUse[];
  readonly stopReason: string;
  readonly usage: Usage;
  /** What the guardrail did, where one intervened. */
  readonly guardrail?: unknown;
}

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

const usageOf = (usage: TokenUsage | undefined): Usage =>
  usage ? { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 } : NO_USAGE;

const textOf = (blocks: readonly ContentBlock[]): string => blocks.map(({ text }) => text ?? "").join("");

/** Models are known to stop with one reason and to mean the other: what they ask for is what counts. */
function corrected(stopReason: string, usesTools: boolean): string {
  if (stopReason === "end_turn" && usesTools) return "tool_use";
  return stopReason === "tool_use" && !usesTools ? "end_turn" : stopReason;
}

/** Of the message that is sent back blank text is left out: models write it, and Bedrock refuses it. */
function finish(
  content: ContentBlock[],
  toolUses: readonly ToolUse[],
  rest: { stopReason: string | undefined; usage: Usage; trace: unknown },
): Turn {
  const stopReason = corrected(rest.stopReason ?? "end_turn", toolUses.length > 0);
  return {
    message: { role: "assistant", content: content.filter(({ text }) => text === undefined || text.trim() !== "") },
    text: textOf(content),
    toolUses,
    stopReason,
    usage: rest.usage,
    ...(stopReason === "guardrail_intervened" && { guardrail: rest.trace }),
  };
}

/** The turn that Converse answered as a whole. */
export function turnOf(answer: ConverseResponse): Turn {
  const content = answer.output?.message?.content ?? [];
  const toolUses = content.flatMap(({ toolUse }) =>
    toolUse ? [{ id: toolUse.toolUseId ?? "", name: toolUse.name ?? "", input: toolUse.input ?? {} }] : [],
  );
  const { stopReason, trace } = answer;
  return finish(content, toolUses, { stopReason, usage: usageOf(answer.usage), trace: trace?.guardrail });
}

interface OpenBlock {
  text?: string;
  tool?: { id: string; name: string; json: string };
  reasoning?: { text: string; signature?: string; redacted?: Uint8Array };
}

/** Puts the events of a ConverseStream together into a turn. */
export class TurnBuilder {
  readonly #blocks = new Map<number, OpenBlock>();
  #stopReason: string | undefined;
  #usage: Usage = NO_USAGE;
  #trace: unknown;

  /** Takes one event and returns the text in it that is for the client. */
  add(event: ConverseStreamOutput): string {
    if (event.contentBlockStart?.start?.toolUse) {
      const { toolUseId = "", name = "" } = event.contentBlockStart.start.toolUse;
      this.#block(event.contentBlockStart.contentBlockIndex).tool = { id: toolUseId, name, json: "" };
    } else if (event.contentBlockDelta?.delta) {
      return extend(this.#block(event.contentBlockDelta.contentBlockIndex), event.contentBlockDelta.delta);
    } else if (event.messageStop) {
      this.#stopReason = event.messageStop.stopReason;
    } else if (event.metadata) {
      this.#usage = usageOf(event.metadata.usage);
      this.#trace = event.metadata.trace?.guardrail;
    }
    return "";
  }

  /** Whether the model said why it stopped: a stream without that was cut, however well it closed. */
  get complete(): boolean {
    return this.#stopReason !== undefined;
  }

  turn(): Turn {
    const content: ContentBlock[] = [];
    const toolUses: ToolUse[] = [];
    for (const [, { text, tool, reasoning }] of [...this.#blocks].sort(([a], [b]) => a - b)) {
      if (tool) {
        const toolUse = parsed(tool);
        toolUses.push(toolUse);
        // What is no JSON object is sent back as an empty one: Bedrock refuses anything else, and the model is told.
        const input = (toolUse.problem === undefined ? toolUse.input : {}) as Record<string, string>;
        content.push({ toolUse: { toolUseId: tool.id, name: tool.name, input } });
      } else if (reasoning?.redacted) {
        content.push({ reasoningContent: { redactedContent: reasoning.redacted } });
      } else if (reasoning) {
        const { text: thought, signature } = reasoning;
        content.push({ reasoningContent: { reasoningText: { text: thought, ...(signature && { signature }) } } });
      } else if (text) {
        content.push({ text });
      }
    }
    return finish(content, toolUses, { stopReason: this.#stopReason, usage: this.#usage, trace: this.#trace });
  }

  #block(index = 0): OpenBlock {
    const block = this.#blocks.get(index) ?? {};
    this.#blocks.set(index, block);
    return block;
  }
}

function extend(block: OpenBlock, delta: ContentBlockDelta): string {
  if (delta.text !== undefined) {
    block.text = (block.text ?? "") + delta.text;
    return delta.text;
  }
  if (delta.toolUse && block.tool) block.tool.json += delta.toolUse.input ?? "";
  if (delta.reasoningContent) {
    const { text, signature, redactedContent } = delta.reasoningContent;
    block.reasoning ??= { text: "" };
    block.reasoning.text += text ?? "";
    if (signature !== undefined) block.reasoning.signature = (block.reasoning.signature ?? "") + signature;
    if (redactedContent) {
      const { redacted } = block.reasoning;
      block.reasoning.redacted = redacted ? Buffer.concat([redacted, redactedContent]) : redactedContent;
    }
  }
  return "";
}

function parsed({ id, name, json }: { id: string; name: string; json: string }): ToolUse {
  if (json.trim() === "") return { id, name, input: {} };
  try {
    const input: unknown = JSON.parse(json);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return { id, name, input };
    return { id, name, input, problem: "the input has to be a JSON object" };
  } catch {
    return { id, name, input: json, problem: "the input is not valid JSON" };
  }
}
