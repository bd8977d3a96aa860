import type { Answer } from "../store/steps.ts";
import type { Prompt } from "./prompts.ts";

/**
 * Why a model gave nothing to record.
 * - `busy`: it was not at fault and is asked again for as long as the step may take: throttling, an outage, no network
 * - `bad`: it answered, and the answer is of no use, or not in time: asked again a few times
 * - `refused`: asking again cannot help before somebody changes something
 */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly code: string;
  readonly kind: "busy" | "bad" | "refused";

  constructor(code: string, kind: ModelFailure["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.kind = kind;
  }
}

export interface ModelOptions {
  readonly timeoutMs: number;
  readonly maxTokens: number;
}

/** What writes the texts of steps. It asks once: whether and when to ask again is decided where answers are recorded. */
export interface Model {
  /** As metrics and the record of a step name it. */
  readonly id: string;
  /** @throws ModelFailure; the signal's reason when `signal` aborts */
  ask(prompt: Prompt, signal: AbortSignal): Promise<Answer>;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, stopReason */
const stops: Readonly<Record<string, readonly [code: string, message: string]>> = {
  max_tokens: ["ModelAnswerCut", "was cut at MODEL_MAX_TOKENS"],
  model_context_window_exceeded: ["ModelAnswerCut", "was cut at the end of its context window"],
  guardrail_intervened: ["ModelRefused", "was stopped by a guardrail"],
  content_filtered: ["ModelRefused", "was stopped by the content filter"],
  refusal: ["ModelRefused", "is a refusal"],
  tool_use: ["ModelAnswerMalformed", "calls a tool though it has none"],
  malformed_model_output: ["ModelAnswerMalformed", "is malformed"],
  malformed_tool_use: ["ModelAnswerMalformed", "is malformed"],
};

/** An answer as Converse gives it. */
export interface Given {
  readonly text: string;
  readonly stopReason?: string | undefined;
  readonly usage?:
    | { readonly inputTokens?: number | undefined; readonly outputTokens?: number | undefined }
    | undefined;
}

/** @throws ModelFailure of kind bad when the answer of `model` is of no use */
export function readAnswer(model: string, given: Given): Answer {
  const stop = stops[given.stopReason ?? ""];
  if (stop) throw new ModelFailure(stop[0], "bad", `the answer of ${model} ${stop[1]}`);
  const text = given.text.replaceAll("\0", "").trim();
  if (text === "") throw new ModelFailure("ModelAnswerEmpty", "bad", `the answer of ${model} holds no text`);
  if (isNonsense(text)) {
    throw new ModelFailure("ModelAnswerMalformed", "bad", `the answer of ${model} is no readable text`);
  }
  return { text, inputTokens: given.usage?.inputTokens, outputTokens: given.usage?.outputTokens };
}

/** Text of which no tenth is letters or digits, or in which characters were lost on the way. */
function isNonsense(text: string): boolean {
  const readable = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const lost = text.match(/\uFFFD/g)?.length ?? 0;
  return readable * 10 < text.length || lost * 20 > text.length;
}
