import type { Workflow } from "./peers/workflows.ts";

/** What a streaming client is told while its request is worked on: the name of a server-sent event and its data. */
export type InvokeEvent =
  | { readonly event: "start"; readonly data: { requestId: string; sessionId: string; route: ChosenRoute } }
  /** A part of the output; parts joined are the output. */
  | { readonly event: "chunk"; readonly data: { text: string } }
  /** A tool that the model uses, when it begins and when it ended. */
  | { readonly event: "tool"; readonly data: { id: string; name: string; status: "started" | ToolCall["status"] } }
  /** A step of a Bedrock agent's reasoning, as TracePart; only when asked for. */
  | { readonly event: "trace"; readonly data: unknown }
  /** A guardrail intervened; the output is what it says instead. */
  | { readonly event: "guardrail"; readonly data: { trace?: unknown } }
  /** A Bedrock agent hands an action to its caller. */
  | { readonly event: "returnControl"; readonly data: ReturnControl };

/** Resolves when the client can take more; does nothing for a client that does not stream. */
export type Emit = (event: InvokeEvent) => Promise<void>;

/** Where a request went. `auto`: the model chose, with the others as its tools. */
export type ChosenRoute =
  | { readonly kind: "auto" | "model"; readonly model: string }
  | { readonly kind: "agent"; readonly agentId: string; readonly agentAliasId: string }
  | { readonly kind: "workflow" }
  | { readonly kind: "cortex"; readonly operation: string };

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export const addUsage = (one: Usage, other: Usage): Usage => ({
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
});

/** What a model asked of another service, and how it went. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly status: "success" | "error";
  /** What the model was told, cut at the length that it was cut at for the model. */
  readonly result: unknown;
}

/** API_agent-runtime_ReturnControlPayload */
export interface ReturnControl {
  readonly invocationId: string;
  readonly invocationInputs: unknown[];
}

/** One message of a conversation with a model. */
export interface HistoryMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** The whole answer: the body of POST /invoke, and the data of a stream's `done`. */
export interface InvokeResult {
  readonly requestId: string;
  readonly sessionId: string;
  readonly route: ChosenRoute;
  readonly output: string;
  /** A model's stopReason by API_runtime_Converse; `return_control` when a Bedrock agent hands an action over. */
  readonly stopReason: string;
  /** Absent where nothing tells it. */
  readonly usage?: Usage;
  /** The conversation with this turn: send it as `messages` of the next. Models only, who remember nothing. */
  readonly messages?: HistoryMessage[];
  readonly toolCalls?: ToolCall[];
  readonly returnControl?: ReturnControl;
  /** Sources of a Bedrock agent's answer, as Citation. */
  readonly citations?: unknown[];
  readonly workflow?: Workflow;
  readonly cortex?: unknown;
}
