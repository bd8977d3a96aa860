import { AgentError, traced } from "@agentorchestrator/shared";
import { z } from "zod";
import type { Rest } from "./rest.ts";

/** What a question is answered with: one of these, or several of which Analyst chooses. */
export type SemanticModel =
  | { readonly semanticView: string }
  /** `@database.schema.stage/path.yaml` */
  | { readonly semanticModelFile: string }
  /** The model itself, in YAML. */
  | { readonly semanticModel: string };

export interface AnalystMessage {
  readonly role: "user" | "analyst";
  readonly content: readonly Content[];
}

/** A part of a message; of those that are not known here the fields are passed on. */
const content = z.union([
  z.object({ type: z.literal("text"), text: z.string() }),
  z.looseObject({ type: z.literal("sql"), statement: z.string() }),
  z.object({ type: z.literal("suggestions"), suggestions: z.array(z.string()) }),
  z.looseObject({ type: z.string() }),
]);
type Content = z.output<typeof content>;

const answer = z.object({
  request_id: z.string(),
  message: z.object({ role: z.string(), content: z.array(content) }),
  warnings: z
    .array(z.looseObject({ message: z.string() }))
    .nullish()
    .transform((list) => (list ?? []).map(({ message }) => message)),
});

export interface Analysis {
  readonly requestId: string;
  /** What Analyst says, in words. */
  readonly text: string;
  /** The statement that answers the question: POST /query runs it. Absent where the question was not clear. */
  readonly sql?: string;
  /** Questions that it could answer instead. */
  readonly suggestions: readonly string[];
  readonly warnings: readonly string[];
  /** The whole message, to be sent with the next question of a conversation. */
  readonly message: AnalystMessage;
}

/** Cortex Analyst: questions in words, answered with SQL. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api */
export class Analyst {
  readonly #rest: Rest;
  readonly #model: SemanticModel | undefined;

  /** @param model where a request names none */
  constructor(rest: Rest, model: SemanticModel | undefined) {
    this.#rest = rest;
    this.#model = model;
  }

  /** @throws AgentError 400 SemanticModelMissing, and those of Rest */
  async ask(
    messages: readonly AnalystMessage[],
    models: readonly SemanticModel[],
    signal: AbortSignal,
  ): Promise<Analysis> {
    const body = { messages, ...this.#modelFields(models) };
    return traced("analyst", { type: "tool", input: messages }, async (span) => {
      const {
        request_id: requestId,
        message,
        warnings,
      } = await this.#rest.json(answer, "/api/v2/cortex/analyst/message", body, signal);
      const sql = message.content.find(isSql)?.statement;
      const analysis: Analysis = {
        requestId,
        text: message.content
          .filter(isText)
          .map(({ text }) => text)
          .join("\n"),
        ...(sql !== undefined && { sql }),
        suggestions: message.content.filter(isSuggestions).flatMap(({ suggestions }) => suggestions),
        warnings,
        message: { role: "analyst", content: message.content },
      };
      span.update({ output: { text: analysis.text, sql } });
      return analysis;
    });
  }

  #modelFields(models: readonly SemanticModel[]): object {
    const chosen = models.length > 0 ? models : this.#model ? [this.#model] : [];
    const [only] = chosen;
    if (!only) {
      const message =
        "no semantic model is named: send semanticView or semanticModelFile, or set SNOWFLAKE_SEMANTIC_VIEW";
      throw new AgentError("SemanticModelMissing", message, { status: 400, retryable: false });
    }
    return chosen.length === 1 ? wireFields(only) : { semantic_models: chosen.map(wireFields) };
  }
}

function wireFields(model: SemanticModel): object {
  if ("semanticView" in model) return { semantic_view: model.semanticView };
  if ("semanticModelFile" in model) return { semantic_model_file: model.semanticModelFile };
  return { semantic_model: model.semanticModel };
}

const isText = (part: Content): part is { type: "text"; text: string } => part.type === "text" && "text" in part;
const isSql = (part: Content): part is { type: "sql"; statement: string } => part.type === "sql" && "statement" in part;
const isSuggestions = (part: Content): part is { type: "suggestions"; suggestions: string[] } =>
  part.type === "suggestions" && "suggestions" in part;
