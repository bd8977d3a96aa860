import {
  type BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
} from "@aws-sdk/client-bedrock-runtime";
import type { Answer } from "../store/steps.ts";
import { type Model, ModelFailure, type ModelOptions, readAnswer } from "./model.ts";
import type { Prompt } from "./prompts.ts";

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

/** One model of Bedrock. It asks once: whether and when to ask again is decided where answers are recorded. */
export class BedrockModel implements Model {
  readonly id: string;
  readonly #bedrock: BedrockRuntimeClient;
  readonly #options: ModelOptions;

  /** @param bedrock made with maxAttempts 1 */
  constructor(bedrock: BedrockRuntimeClient, options: ModelOptions & { readonly id: string }) {
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
      const { output, ...rest } = await this.#bedrock.send(command, { abortSignal: AbortSignal.any([signal, stall]) });
      const text = (output?.message?.content ?? []).map((block) => block.text ?? "").join("");
      return readAnswer(this.id, { text, ...rest });
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
