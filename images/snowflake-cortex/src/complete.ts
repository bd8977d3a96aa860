import { AgentError, currentIds, type Metrics, traced } from "@agentorchestrator/shared";
import { z } from "zod";
import type { SessionPool } from "./pool.ts";
import type { Rest } from "./rest.ts";
import { queryTag } from "./tag.ts";

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Completion {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** Cortex Guard: unsafe answers are replaced. Not where the answer is streamed. */
  readonly guardrails?: boolean | undefined;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Completed {
  readonly model: string;
  readonly text: string;
  /** Absent where the model's provider gave none. */
  readonly usage?: Usage;
  /** Of the statement; absent where the answer was streamed. */
  readonly queryId?: string;
}

const usage = z
  .object({ prompt_tokens: z.number(), completion_tokens: z.number() })
  .transform((counts): Usage => ({ inputTokens: counts.prompt_tokens, outputTokens: counts.completion_tokens }));

/** What COMPLETE answers when it is given options. https://docs.snowflake.com/en/sql-reference/functions/complete-snowflake-cortex */
const answerOfFunction = z.object({
  choices: z.tuple([z.object({ messages: z.string() })], z.unknown()),
  usage: usage.optional(),
});

/** An event of the REST service. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api */
const streamedPiece = z.object({
  choices: z
    .array(
      z.object({ delta: z.object({ content: z.string().nullish() }).optional(), finish_reason: z.string().nullish() }),
    )
    .default([]),
  usage: usage.nullish(),
});

const COMPLETE = "SELECT SNOWFLAKE.CORTEX.COMPLETE(?, PARSE_JSON(?), PARSE_JSON(?)) AS ANSWER";

/** Answers of language models in Snowflake: whole ones by the SQL function, streamed ones by the REST service. */
export class Completions {
  readonly #pool: SessionPool;
  readonly #rest: Rest;
  readonly #metrics: Metrics;
  readonly #agent: string;

  constructor(pool: SessionPool, rest: Rest, options: { agent: string; metrics: Metrics }) {
    this.#pool = pool;
    this.#rest = rest;
    this.#metrics = options.metrics;
    this.#agent = options.agent;
  }

  /** @throws AgentError of a statement (failures.ts), 502 CompletionMalformed */
  async complete(asked: Completion, signal: AbortSignal): Promise<Completed> {
    return this.#measured(asked, async () => {
      const options = {
        temperature: asked.temperature,
        top_p: asked.topP,
        max_tokens: asked.maxTokens,
        guardrails: asked.guardrails,
      };
      const binds = [asked.model, JSON.stringify(asked.messages), JSON.stringify(options)];
      return this.#pool.use(signal, async (session) => {
        const result = await session.run({ sql: COMPLETE, binds, tag: queryTag(this.#agent), signal });
        for await (const [text] of result.rows(0, 1))
          return { ...completionOf(text, asked.model), queryId: result.queryId };
        throw malformed(asked.model, "no row");
      });
    });
  }

  /** Passes pieces of the text on as they come; resolves with the whole. @throws AgentError of Rest */
  async stream(asked: Completion, piece: (text: string) => Promise<void>, signal: AbortSignal): Promise<Completed> {
    return this.#measured(asked, async () => {
      const body = {
        model: asked.model,
        messages: asked.messages,
        temperature: asked.temperature,
        top_p: asked.topP,
        max_completion_tokens: asked.maxTokens,
        stream: true,
        stream_options: { include_usage: true },
      };
      let text = "";
      let counted: Usage | undefined;
      let whole = false;
      for await (const { data } of this.#rest.events("/api/v2/cortex/v1/chat/completions", body, signal)) {
        if (data === "[DONE]") {
          whole = true;
          break;
        }
        const parsed = streamedPiece.safeParse(data);
        if (!parsed.success) throw malformed(asked.model, "an event that is not a piece of a completion");
        counted = parsed.data.usage ?? counted;
        for (const { delta, finish_reason } of parsed.data.choices) {
          whole ||= typeof finish_reason === "string";
          if (!delta?.content) continue;
          text += delta.content;
          await piece(delta.content);
        }
      }
      if (!whole) throw malformed(asked.model, "a part of its answer, then the stream ended");
      return { model: asked.model, text, ...(counted && { usage: counted }) };
    });
  }

  /** A generation in the trace, and metrics by model. */
  async #measured(asked: Completion, work: () => Promise<Completed>): Promise<Completed> {
    const { model, messages } = asked;
    const started = performance.now();
    const record = (status: "completed" | "failed" | "cancelled", more: { error?: string } & Partial<Usage>) =>
      this.#metrics.record({
        operation: "Complete",
        model,
        milliseconds: performance.now() - started,
        status,
        ...more,
      });
    return traced("complete", { type: "generation", model, input: messages }, async (span) => {
      try {
        const done = await work();
        const { text, usage } = done;
        span.update({ output: text, usage: { input: usage?.inputTokens, output: usage?.outputTokens } });
        record("completed", usage ?? {});
        return done;
      } catch (error) {
        const code = error instanceof AgentError ? error.code : "InternalError";
        record(code === "ClientGone" ? "cancelled" : "failed", { error: code });
        throw error;
      }
    });
  }
}

function completionOf(cell: unknown, model: string): Completed {
  const parsed = answerOfFunction.safeParse(typeof cell === "string" ? json(cell) : cell);
  if (!parsed.success) throw malformed(model, "something that is not a completion");
  const [choice] = parsed.data.choices;
  return { model, text: choice.messages, ...(parsed.data.usage && { usage: parsed.data.usage }) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(model: string, what: string): AgentError {
  const { requestId } = currentIds();
  const message = `model ${model} of Cortex answered with ${what} (request ${requestId ?? "unknown"}): try again, or another model`;
  return new AgentError("CompletionMalformed", message, { status: 502, retryable: true });
}
