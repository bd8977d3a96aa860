import { AgentError, traced } from "@agentorchestrator/shared";
import type { ContentBlock, ToolConfiguration, ToolSpecification } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import type { ToolUse } from "../bedrock/turn.ts";
import type { Emit, ToolCall } from "../events.ts";

/** What a tool may use of the request that it serves. */
export interface ToolContext {
  readonly signal: AbortSignal;
  readonly sessionId: string;
  /** Makes an effect of this request happen once, however often the request is sent; the same each time. */
  readonly keyOf: (effect: string) => string;
}

/** One thing that a model may ask for. Its input is checked before it runs. */
export interface Tool {
  readonly name: string;
  readonly specification: ToolSpecification;
  /** @throws ZodError for wrong input; AgentError when it failed */
  run(input: unknown, context: ToolContext): Promise<unknown>;
}

/** @param what.input JSON Schema is made of it, descriptions included: it is all that the model knows of the input */
export function defineTool<S extends z.ZodObject>(what: {
  readonly name: string;
  readonly description: string;
  readonly input: S;
  readonly run: (input: z.output<S>, context: ToolContext) => Promise<unknown>;
}): Tool {
  const { name, description, input } = what;
  // Nova refuses every other field at the top. https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
  const { type, properties, required } = z.toJSONSchema(input, { io: "input" });
  const json = { type, properties, ...(required && { required }) };
  const specification = { name, description, inputSchema: { json } } as ToolSpecification;
  return { name, specification, run: async (given, context) => what.run(input.parse(given), context) };
}

/** Longest result that a model is told: more would push the conversation out of its context. */
export const LONGEST_RESULT = 40_000;

/** A use of a tool as its caller, the client, and the model are told of it. */
export interface Used {
  readonly call: ToolCall;
  readonly block: ContentBlock;
  /** Whether the model asked for something that does not exist or with input that is wrong. */
  readonly nonsense: boolean;
}

/** The tools of one request. */
export class Toolbox {
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(tools: readonly Tool[]) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
  }

  /** For Converse; undefined without tools, since Bedrock refuses an empty list. */
  get configuration(): ToolConfiguration | undefined {
    if (this.#tools.size === 0) return undefined;
    return { tools: [...this.#tools.values()].map(({ specification }) => ({ toolSpec: specification })) };
  }

  /**
   * Uses the tools of one turn at once. They begin in the model's order, so that what is numbered or waits for its turn is
   * so in each repetition. What goes wrong is told to the model; only the signal's end of the request is thrown.
   */
  async useAll(uses: readonly ToolUse[], context: ToolContext, emit: Emit): Promise<Used[]> {
    for (const { id, name } of uses) await emit({ event: "tool", data: { id, name, status: "started" } });
    return Promise.all(uses.map((use) => this.#use(use, context, emit)));
  }

  async #use(use: ToolUse, context: ToolContext, emit: Emit): Promise<Used> {
    const { id, name } = use;
    const used = await traced(name, { type: "tool", input: use.input }, async (span) => {
      const result = await this.#result(use, context);
      span.update({ output: result.told });
      return result;
    });
    await emit({ event: "tool", data: { id, name, status: used.status } });
    const told = cut(typeof used.told === "string" ? used.told : JSON.stringify(used.told ?? null));
    return {
      call: {
        id,
        name,
        input: use.input,
        status: used.status,
        result: told.length < LONGEST_RESULT ? used.told : told,
      },
      // Bedrock refuses content that is blank.
      block: {
        toolResult: {
          toolUseId: id,
          status: used.status,
          content: [{ text: told.trim() === "" ? "(nothing)" : told }],
        },
      },
      nonsense: used.nonsense,
    };
  }

  async #result(use: ToolUse, context: ToolContext) {
    const wrong = (told: string) => ({ told, status: "error" as const, nonsense: true });
    const tool = this.#tools.get(use.name);
    if (!tool) return wrong(`there is no tool ${use.name}: there are ${[...this.#tools.keys()].join(", ") || "none"}`);
    if (use.problem !== undefined) return wrong(use.problem);
    try {
      return { told: await tool.run(use.input, context), status: "success" as const, nonsense: false };
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof z.ZodError) return wrong(`the input is wrong: ${z.prettifyError(error)}`);
      if (!(error instanceof AgentError)) throw error;
      return { told: `${error.code}: ${error.message}`, status: "error" as const, nonsense: false };
    }
  }
}

function cut(text: string): string {
  if (text.length <= LONGEST_RESULT) return text;
  return `${text.slice(0, LONGEST_RESULT)}\n[cut: ${text.length - LONGEST_RESULT} more characters]`;
}
