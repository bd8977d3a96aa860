import { AgentError, type Metrics, traced } from "@agentorchestrator/shared";
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type GuardrailConfiguration,
  type InferenceConfiguration,
  type Message,
  type ToolConfiguration,
} from "@aws-sdk/client-bedrock-runtime";
import { measured } from "../measured.ts";
import { type Attempt, callBedrock, cutOff, type Limits } from "./call.ts";
import type { Subject } from "./errors.ts";
import { type Turn, TurnBuilder, turnOf } from "./turn.ts";

export interface ModelsOptions {
  /** The first is the default. */
  readonly models: readonly string[];
  readonly region: string;
  readonly limits: Limits;
  /** For every call. */
  readonly guardrail?: GuardrailConfiguration | undefined;
  readonly metrics: Metrics;
}

/** One question to a model. */
export interface Question {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly system?: string | undefined;
  readonly inference?: InferenceConfiguration;
  readonly tools?: ToolConfiguration | undefined;
}

/** The models that may be used, by Converse and ConverseStream. They remember nothing between questions. */
export class Models {
  readonly #client: BedrockRuntimeClient;
  readonly #options: ModelsOptions;

  /** @param client with maxAttempts 1: how often a call is sent is decided here, by what was passed on */
  constructor(client: BedrockRuntimeClient, options: ModelsOptions) {
    this.#client = client;
    this.#options = options;
  }

  get names(): readonly string[] {
    return this.#options.models;
  }

  /** The model that is asked for, or the default. @throws AgentError 404 RouteNotConfigured, 400 UnknownModel */
  choose(model: string | undefined): string {
    const { models } = this.#options;
    const [first] = models;
    if (first === undefined) {
      const message = "no model is configured: name some in spec.agents[].bedrock.models of this agent";
      throw new AgentError("RouteNotConfigured", message, { status: 404 });
    }
    if (model === undefined || models.includes(model)) return model ?? first;
    const message = `the model ${model} is none of those that may be used: ${models.join(", ")}`;
    throw new AgentError("UnknownModel", message, { status: 400, details: { models } });
  }

  /**
   * Asks once. With `onText` the answer is streamed: each piece of text is passed on as it comes, and the next is waited
   * for when its promise resolves.
   *
   * @throws AgentError as bedrockError says, ModelStalled, StreamCut; the signal's reason when that ended it
   */
  ask(question: Question, signal: AbortSignal, onText?: (text: string) => Promise<void>): Promise<Turn> {
    const { metrics, limits } = this.#options;
    const operation = onText ? "ConverseStream" : "Converse";
    const { model, messages, system } = question;
    const subject: Subject = { kind: "model", name: model, region: this.#options.region };
    const input = { messages, ...(system !== undefined && { system }) };
    return traced(operation, { type: "generation", model, input }, (span) =>
      measured(metrics, { operation, model }, async (found) => {
        const turn = await callBedrock(subject, limits, signal, ({ watch, passOn }) => {
          const command = this.#command(question);
          return onText
            ? this.#stream(command, { watch, passOn }, subject, onText)
            : this.#client.send(new ConverseCommand(command), { abortSignal: watch.signal }).then(turnOf);
        });
        found.usage = turn.usage;
        const { inputTokens, outputTokens } = turn.usage;
        const metadata = { stopReason: turn.stopReason };
        span.update({ output: turn.message.content, usage: { input: inputTokens, output: outputTokens }, metadata });
        return turn;
      }),
    );
  }

  async #stream(
    command: ConverseCommandInput,
    { watch, passOn }: Attempt,
    subject: Subject,
    onText: (text: string) => Promise<void>,
  ): Promise<Turn> {
    const { stream } = await watch.waitFor(() =>
      this.#client.send(new ConverseStreamCommand(command), { abortSignal: watch.signal }),
    );
    if (!stream) throw cutOff(subject);
    const builder = new TurnBuilder();
    for await (const event of watch.events(stream)) {
      const text = builder.add(event);
      if (text === "") continue;
      passOn();
      await onText(text);
    }
    if (!builder.complete) throw cutOff(subject);
    return builder.turn();
  }

  #command({ model, messages, system, inference, tools }: Question): ConverseCommandInput {
    const { guardrail } = this.#options;
    return {
      modelId: model,
      messages: [...messages],
      ...(system !== undefined && { system: [{ text: system }] }),
      ...(inference && { inferenceConfig: inference }),
      ...(tools && { toolConfig: tools }),
      ...(guardrail && { guardrailConfig: { ...guardrail, trace: "enabled" } }),
    };
  }
}
