import {
  type BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
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

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, Errors */
const failures: Readonly<Record<string, readonly [code: string, kind: ModelFailure["kind"], remedy: string]>> = {
  ThrottlingException: ["ModelThrottled", "busy", "raise the account's quota for it, or run fewer workflows at once"],
  ServiceUnavailableException: ["ModelUnavailable", "busy", "Bedrock does not serve it at present"],
  ModelNotReadyException: ["ModelUnavailable", "busy", "it is being loaded"],
  InternalServerException: ["ModelUnavailable", "busy", "Bedrock failed"],
  ModelTimeoutException: ["ModelTimedOut", "bad", "it took too long; lower MODEL_MAX_TOKENS or take a faster model"],
  ModelErrorException: ["ModelFailed", "bad", "it failed on this prompt"],
  AccessDeniedException: [
    "ModelAccessDenied",
    "bad",
    "grant the account access to it in Bedrock and the agent's role bedrock:InvokeModel",
  ],
  ResourceNotFoundException: ["ModelNotFound", "refused", "name one that this region has in bedrock.models"],
  ValidationException: ["ModelRequestInvalid", "refused", "the model does not take this request"],
};

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

export interface ModelOptions {
  readonly id: string;
  readonly timeoutMs: number;
  readonly maxTokens: number;
}

/** One model of Bedrock. It asks once: whether and when to ask again is decided where answers are recorded. */
export class Model {
  readonly id: string;
  readonly #bedrock: BedrockRuntimeClient;
  readonly #options: ModelOptions;

  /** @param bedrock made with maxAttempts 1 */
  constructor(bedrock: BedrockRuntimeClient, options: ModelOptions) {
    this.id = options.id;
    this.#bedrock = bedrock;
    this.#options = options;
  }

  /**
   * @throws ModelFailure; the signal's reason when `signal` aborts
   */
  async ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    const stall = AbortSignal.timeout(this.#options.timeoutMs);
    const command = new ConverseCommand({
      modelId: this.id,
      system: [{ text: prompt.system }],
      messages: [{ role: "user", content: [{ text: prompt.user }] }],
      inferenceConfig: { maxTokens: this.#options.maxTokens },
    });
    try {
      return this.#read(await this.#bedrock.send(command, { abortSignal: AbortSignal.any([signal, stall]) }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelFailure) throw error;
      if (stall.aborted) {
        throw new ModelFailure(
          "ModelTimedOut",
          "bad",
          `${this.id} gave no answer in ${this.#options.timeoutMs} ms`,
          error,
        );
      }
      throw this.#failureOf(error);
    }
  }

  #read(output: ConverseCommandOutput): Answer {
    const stop = stops[output.stopReason ?? ""];
    if (stop) throw new ModelFailure(stop[0], "bad", `the answer of ${this.id} ${stop[1]}`);
    const text = (output.output?.message?.content ?? [])
      .map((block) => block.text ?? "")
      .join("")
      .replaceAll("\0", "")
      .trim();
    if (text === "") throw new ModelFailure("ModelAnswerEmpty", "bad", `the answer of ${this.id} holds no text`);
    if (isNonsense(text)) {
      throw new ModelFailure("ModelAnswerMalformed", "bad", `the answer of ${this.id} is no readable text`);
    }
    return { text, inputTokens: output.usage?.inputTokens, outputTokens: output.usage?.outputTokens };
  }

  #failureOf(error: unknown): ModelFailure {
    if (!(error instanceof BedrockRuntimeServiceException)) {
      return wasSent(error)
        ? new ModelFailure("ModelAnswerCut", "bad", `the connection broke before ${this.id} had answered`, error)
        : new ModelFailure("ModelUnavailable", "busy", `${this.id} cannot be reached`, error);
    }
    const [code, kind, remedy] = failures[error.name] ??
      (error.$fault === "server"
        ? failures.InternalServerException
        : (["ModelRequestInvalid", "refused", "the request was refused"] as const)) ?? ["ModelFailed", "bad", ""];
    return new ModelFailure(code, kind, `${this.id}: ${error.name}: ${error.message} (${remedy})`, error);
  }
}

/** A connection that broke later may have cost an answer, which is paid for: that is not repeated without end. */
function wasSent(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const name = error instanceof Error ? error.name : "";
  return /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) || name === "SyntaxError";
}

/** Text of which no tenth is letters or digits, or in which characters were lost on the way. */
function isNonsense(text: string): boolean {
  const readable = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const lost = text.match(/\uFFFD/g)?.length ?? 0;
  return readable * 10 < text.length || lost * 20 > text.length;
}
