import { AgentError, type Metrics, traced } from "@agentorchestrator/shared";
import {
  type BedrockAgentRuntimeClient,
  InvokeAgentCommand,
  type InvokeAgentCommandInput,
  type ResponseStream,
  type SessionState,
} from "@aws-sdk/client-bedrock-agent-runtime";
import type { AgentAlias } from "../config.ts";
import type { Emit, ReturnControl, Usage } from "../events.ts";
import { measured } from "../measured.ts";
import { type Attempt, callBedrock, type Limits } from "./call.ts";
import type { Subject } from "./errors.ts";
import { guardrailOf, usageIn } from "./trace.ts";

export interface AgentsOptions {
  readonly aliases: readonly AgentAlias[];
  readonly region: string;
  readonly limits: Limits;
  readonly metrics: Metrics;
}

/** One request to a Bedrock agent. */
export interface Errand {
  readonly alias: AgentAlias;
  readonly sessionId: string;
  /** Absent when `state` carries the results that the agent waits for. */
  readonly input?: string | undefined;
  readonly state?: SessionState | undefined;
  readonly endSession?: boolean | undefined;
  /** Whether the agent's reasoning is emitted. */
  readonly traces: boolean;
  /** Whether the text is wanted in pieces: the agent's own role needs bedrock:InvokeModelWithResponseStream for it. */
  readonly pieces: boolean;
}

export interface AgentAnswer {
  readonly output: string;
  readonly stopReason: "end_turn" | "return_control" | "guardrail_intervened";
  readonly usage?: Usage;
  readonly citations: unknown[];
  readonly returnControl?: ReturnControl;
}

/** The Bedrock agents that may be invoked. AWS keeps their sessions by id. */
export class BedrockAgents {
  readonly #client: BedrockAgentRuntimeClient;
  readonly #options: AgentsOptions;

  /** @param client with maxAttempts 1: a Bedrock agent acts, so that only what never ran is sent again */
  constructor(client: BedrockAgentRuntimeClient, options: AgentsOptions) {
    this.#client = client;
    this.#options = options;
  }

  get aliases(): readonly AgentAlias[] {
    return this.#options.aliases;
  }

  /** The agent of that name, or with those ids. @throws AgentError 404 RouteNotConfigured, 400 UnknownAgent */
  choose(wanted: string | { readonly agentId: string; readonly agentAliasId: string }): AgentAlias {
    const { aliases } = this.#options;
    if (aliases.length === 0) {
      const message =
        "no Bedrock agent is configured: name some in this agent's env BEDROCK_AGENTS as name=agentId/aliasId, and set bedrock.invokeAgents: true";
      throw new AgentError("RouteNotConfigured", message, { status: 404 });
    }
    const found = aliases.find(({ name, agentId, agentAliasId }) =>
      typeof wanted === "string" ? name === wanted : agentId === wanted.agentId && agentAliasId === wanted.agentAliasId,
    );
    if (found) return found;
    const asked = typeof wanted === "string" ? wanted : `${wanted.agentId}/${wanted.agentAliasId}`;
    const message = `the Bedrock agent ${asked} is none of those that may be used: ${aliases.map(({ name }) => name).join(", ")}`;
    throw new AgentError("UnknownAgent", message, { status: 400, details: { agents: aliases } });
  }

  /**
   * Invokes the agent and emits what comes: `chunk`, `trace` where asked for, `guardrail`, `returnControl`.
   *
   * @throws AgentError as bedrockError says, ModelStalled; the signal's reason when that ended it
   */
  invoke(errand: Errand, emit: Emit, signal: AbortSignal): Promise<AgentAnswer> {
    const { alias, sessionId, input, state } = errand;
    const { region, limits, metrics } = this.#options;
    const subject: Subject = { kind: "agent", name: alias.name, region };
    const shown = input ?? state?.returnControlInvocationResults;
    return traced(`InvokeAgent ${alias.name}`, { type: "agent", input: shown }, (span) =>
      // Its model is the Bedrock agent's own business: the agent stands for it in metrics.
      measured(metrics, { operation: "InvokeAgent", model: `agent/${alias.name}` }, async (found) => {
        const answer = await callBedrock(subject, limits, signal, (attempt) => this.#attempt(errand, emit, attempt));
        if (answer.usage) found.usage = answer.usage;
        const { output, usage, stopReason, returnControl } = answer;
        const tokens = { input: usage?.inputTokens, output: usage?.outputTokens };
        span.update({ output: returnControl ?? output, usage: tokens, metadata: { stopReason, sessionId } });
        return answer;
      }),
    );
  }

  async #attempt(errand: Errand, emit: Emit, { watch, passOn }: Attempt): Promise<AgentAnswer> {
    const { completion } = await watch.waitFor(() =>
      this.#client.send(new InvokeAgentCommand(commandOf(errand)), { abortSignal: watch.signal }),
    );
    const answer = new AnswerBuilder(errand.traces);
    if (!completion) return answer.answer();
    for await (const event of watch.events(completion)) {
      // A Bedrock agent that streams has begun to act: from its first event on nothing is sent again.
      passOn();
      await answer.add(event, emit);
    }
    return answer.answer();
  }
}

function commandOf({ alias, sessionId, input, state, endSession, pieces }: Errand): InvokeAgentCommandInput {
  return {
    agentId: alias.agentId,
    agentAliasId: alias.agentAliasId,
    sessionId,
    // Usage and the guardrail's work stand in traces and nowhere else.
    enableTrace: true,
    ...(input !== undefined && { inputText: input }),
    ...(state && { sessionState: state }),
    ...(endSession && { endSession }),
    ...(pieces && { streamingConfigurations: { streamFinalResponse: true } }),
  };
}

/** Puts the events of one invocation together, and passes them on. */
class AnswerBuilder {
  readonly #traces: boolean;
  readonly #decoder = new TextDecoder();
  readonly #citations: unknown[] = [];
  #output = "";
  #usage: Usage | undefined;
  #intervened = false;
  #returnControl: ReturnControl | undefined;

  constructor(traces: boolean) {
    this.#traces = traces;
  }

  async add(event: ResponseStream, emit: Emit): Promise<void> {
    if (event.chunk) {
      const text = this.#decoder.decode(event.chunk.bytes ?? new Uint8Array(), { stream: true });
      this.#citations.push(...(event.chunk.attribution?.citations ?? []));
      this.#output += text;
      if (text !== "") await emit({ event: "chunk", data: { text } });
    } else if (event.trace) {
      this.#usage = usageIn(event.trace.trace, this.#usage);
      const guardrail = guardrailOf(event.trace.trace);
      if (guardrail && !this.#intervened) {
        this.#intervened = true;
        await emit({ event: "guardrail", data: this.#traces ? { trace: guardrail } : {} });
      }
      if (this.#traces) await emit({ event: "trace", data: event.trace });
    } else if (event.returnControl) {
      const { invocationId = "", invocationInputs = [] } = event.returnControl;
      this.#returnControl = { invocationId, invocationInputs };
      await emit({ event: "returnControl", data: this.#returnControl });
    }
  }

  answer(): AgentAnswer {
    return {
      output: this.#output + this.#decoder.decode(),
      stopReason: this.#returnControl ? "return_control" : this.#intervened ? "guardrail_intervened" : "end_turn",
      citations: this.#citations,
      ...(this.#usage && { usage: this.#usage }),
      ...(this.#returnControl && { returnControl: this.#returnControl }),
    };
  }
}
