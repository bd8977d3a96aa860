import type { InferenceConfiguration, Message } from "@aws-sdk/client-bedrock-runtime";
import type { HistoryMessage } from "../events.ts";
import type { Destination, Destinations, Invocation } from "../front-door.ts";
import { type Conversation, converse } from "../tools/loop.ts";
import { Toolbox } from "../tools/toolbox.ts";
import { toolsOf } from "../tools/tools.ts";

const ROUTING = `You are the front door of a platform of agents. Answer by yourself what you know for certain. For
anything else use the tools, of which each is another agent of the platform: they do the work, you pass on what they give.
Never make up the result of a tool, an identifier or a figure. When a tool fails, say so and say why. When you have started a
workflow, tell its identifier and do not wait for its end.`.replaceAll("\n", " ");

/**
 * To a model: alone when the route says so, by name or the default one (`true`); without a route, to the default one with
 * the other destinations as its tools.
 */
export function askModel(to: Destinations, invocation: Invocation, wanted: string | true | undefined): Destination {
  const model = to.models.choose(wanted === true ? undefined : wanted);
  const { body, emit, streaming } = invocation;
  const { options = {}, input = "", messages: history = [] } = body;
  const routing = wanted === undefined;
  const system = routing ? [ROUTING, options.system].filter((part) => part !== undefined).join("\n\n") : options.system;
  const messages = [...history, { role: "user" as const, content: input }];
  const question = { model, system, messages: messages.map(messageOf), inference: inferenceOf(options) };
  return {
    route: { kind: routing ? "auto" : "model", model },
    async go() {
      const toolbox = new Toolbox(routing ? toolsOf(to, invocation) : []);
      const parts = { models: to.models, toolbox, limits: to.limits };
      const { signal, sessionId } = invocation;
      const keyOf = (effect: string) => `${invocation.key}:${effect}`;
      const conversation = await converse(parts, question, { signal, sessionId, keyOf }, emit, streaming);
      const { toolCalls, ...answer } = conversation;
      return {
        ...answer,
        messages: worthKeeping(conversation)
          ? [...messages, { role: "assistant" as const, content: conversation.output }]
          : history,
        ...(toolCalls.length > 0 && { toolCalls }),
      };
    },
  };
}

/**
 * Whether a turn can stand in the conversation that is sent next time: Bedrock refuses blank messages, and what a guardrail
 * has stopped would be stopped again each time.
 */
function worthKeeping({ output, stopReason }: Conversation): boolean {
  return output.trim() !== "" && stopReason !== "guardrail_intervened" && stopReason !== "content_filtered";
}

const messageOf = ({ role, content }: HistoryMessage): Message => ({ role, content: [{ text: content }] });

function inferenceOf(options: NonNullable<Invocation["body"]["options"]>): InferenceConfiguration {
  const { maxTokens, temperature, topP, stopSequences } = options;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stopSequences && { stopSequences }),
  };
}
