import { AgentError, type Peer } from "@agentorchestrator/shared";
import { z } from "zod";
import type { Answer } from "../store/steps.ts";
import { type Model, ModelFailure, type ModelOptions, readAnswer } from "./model.ts";
import type { Prompt } from "./prompts.ts";

/** Data of the events `done` and `error` of POST /invoke/stream: docs/agents/aws-agent-core.md */
const done = z.object({
  output: z.string(),
  stopReason: z.string(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }).optional(),
});
const failed = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });

/** What the front door says of itself or of the request: asking again changes nothing before somebody else does. */
const REFUSED = [
  "BodyTooLarge",
  "InvalidRequest",
  "ModelNotFound",
  "RefusedByBedrock",
  "RouteNotConfigured",
  "RouteNotFound",
  "Unauthenticated",
];
/** What an answer that was begun may have cost: it is asked for again a few times only. */
const BAD = [
  "MalformedModelOutput",
  "ModelAccessDenied",
  "ModelFailed",
  "ModelNonsense",
  "ModelStalled",
  "ModelTimeout",
  "StreamCut",
];

/**
 * The default model of the front door, for a platform in which that one alone may use Bedrock. It is asked without tools,
 * or it could start a workflow to answer a workflow; and by a stream, whose heartbeats outlast every idle timeout.
 */
export class FrontDoorModel implements Model {
  readonly id: string;
  readonly #peer: Peer;
  readonly #options: ModelOptions;

  /** @param peer made with attempts 1 */
  constructor(peer: Peer, options: ModelOptions) {
    this.id = `default of ${peer.name}`;
    this.#peer = peer;
    this.#options = options;
  }

  async ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    const { timeoutMs, maxTokens } = this.#options;
    const stall = AbortSignal.timeout(timeoutMs);
    const body = { input: prompt.user, route: { model: true }, options: { system: prompt.system, maxTokens } };
    try {
      const events = this.#peer.events({
        method: "POST",
        path: "/invoke/stream",
        body,
        timeoutMs,
        signal: AbortSignal.any([signal, stall]),
      });
      for await (const { event, data } of events) {
        if (event === "error") throw this.#failed(failed.parse(data));
        if (event === "done") {
          const { output, ...rest } = done.parse(data);
          return readAnswer(this.id, { text: output, ...rest });
        }
      }
      throw new ModelFailure("ModelAnswerCut", "bad", `the answer of ${this.id} ended before it was whole`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ModelFailure) throw error;
      if (stall.aborted) {
        throw new ModelFailure("ModelTimedOut", "bad", `${this.id} gave no answer in ${timeoutMs} ms`, error);
      }
      if (error instanceof z.ZodError) {
        throw new ModelFailure(
          "ModelAnswerMalformed",
          "refused",
          `${this.id} answers in a form that is not known: are the two agents of one release?`,
          error,
        );
      }
      throw error instanceof AgentError ? this.#unanswered(error) : error;
    }
  }

  /** Nothing came: the front door is not there, or has refused. */
  #unanswered(error: AgentError): ModelFailure {
    const told = z.object({ peer: z.object({ code: z.string(), message: z.string() }) }).safeParse(error.details);
    if (!told.success) return new ModelFailure("ModelUnavailable", "busy", error.message, error);
    return this.#failed({ ...told.data.peer, retryable: error.retryable }, error);
  }

  #failed({ code, message, retryable }: z.output<typeof failed>, cause?: unknown): ModelFailure {
    const kind = REFUSED.includes(code) ? "refused" : BAD.includes(code) || !retryable ? "bad" : "busy";
    return new ModelFailure(code, kind, `${this.id}: ${code}: ${message}`, cause);
  }
}
