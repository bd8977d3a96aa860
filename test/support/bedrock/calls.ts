import type { IncomingHttpHeaders } from "node:http";
import type { Operation, Subject } from "./script.ts";

/** One call that reached the stub. */
export interface Call extends Subject {
  readonly operation: Operation;
  /** InvokeAgent only. */
  readonly sessionId?: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `gone`: the caller closed before the end. */
  outcome: "running" | "answered" | "refused" | "cut" | "gone";
}

interface Block {
  readonly text?: string;
  readonly toolUse?: { readonly toolUseId?: string };
  readonly toolResult?: { readonly toolUseId?: string; readonly content?: readonly unknown[] };
}
interface Message {
  readonly role?: string;
  readonly content?: readonly Block[];
}

const textsOf = (blocks: readonly Block[] = []): string =>
  blocks
    .map((block) => block.text ?? (block.toolResult ? JSON.stringify(block.toolResult.content ?? []) : ""))
    .join("\n");

/** The call in `path` with `body`, or undefined when the path is of no operation that the stub serves. */
export function readCall(path: string, body: Readonly<Record<string, unknown>>, headers: IncomingHttpHeaders) {
  const made = { body, headers, at: Date.now(), outcome: "running" as const };
  const converse = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path);
  if (converse) {
    const newest = (body.messages as readonly Message[] | undefined)?.at(-1)?.content;
    return {
      ...made,
      operation: converse[2] === "converse" ? "Converse" : "ConverseStream",
      model: decodeURIComponent(converse[1] ?? ""),
      text: textsOf(newest),
      system: textsOf(body.system as readonly Block[] | undefined),
      toolResult: newest?.some((block) => block.toolResult !== undefined) ?? false,
    } satisfies Call;
  }
  const agent = /^\/agents\/([^/]+)\/agentAliases\/([^/]+)\/sessions\/([^/]+)\/text$/.exec(path);
  if (!agent) return undefined;
  const [, agentId = "", alias = "", session = ""] = agent.map(decodeURIComponent);
  return {
    ...made,
    operation: "InvokeAgent",
    agent: `${agentId}/${alias}`,
    sessionId: session,
    text: typeof body.inputText === "string" ? body.inputText : "",
    system: "",
    toolResult: body.sessionState !== undefined && "returnControlInvocationResults" in Object(body.sessionState),
  } satisfies Call;
}

/**
 * Why Bedrock would refuse the call, or undefined. Only what its users' reports and API reference agree on:
 * API_runtime_Converse, API_agent-runtime_InvokeAgent.
 */
export function refusalOf(call: Call): string | undefined {
  if (call.operation === "InvokeAgent") {
    const [agentId = "", alias = ""] = call.agent?.split("/") ?? [];
    if (!/^[0-9a-zA-Z]{1,10}$/.test(agentId) || !/^[0-9a-zA-Z]{1,10}$/.test(alias))
      return "1 validation error detected: agentId and agentAliasId must satisfy ^[0-9a-zA-Z]{1,10}$";
    if (!/^[0-9a-zA-Z._:-]{2,100}$/.test(call.sessionId ?? ""))
      return "1 validation error detected: sessionId must satisfy ^[0-9a-zA-Z._:-]{2,100}$";
    return call.text === "" && !call.toolResult ? "inputText must not be empty" : undefined;
  }
  const messages = (call.body.messages ?? []) as readonly Message[];
  if (messages.length === 0) return "The messages field must not be empty.";
  if (messages[0]?.role !== "user") return "A conversation must start with a user message.";
  let open: readonly (string | undefined)[] = [];
  for (const [index, { role, content = [] }] of messages.entries()) {
    if (index > 0 && role === messages[index - 1]?.role)
      return "A conversation must alternate between user and assistant roles.";
    if (content.length === 0) return `The content field in the Message object at messages.${index} is empty.`;
    if (content.some(({ text }) => text?.trim() === ""))
      return `The text field in the ContentBlock object at messages.${index}.content.0 is blank.`;
    const results = content.flatMap(({ toolResult }) => (toolResult ? [toolResult.toolUseId] : []));
    if (open.some((id) => !results.includes(id)) || results.some((id) => !open.includes(id)))
      return `messages.${index}: every toolUse block needs its toolResult block in the next message, and no other.`;
    open = content.flatMap(({ toolUse }) => (toolUse ? [toolUse.toolUseId] : []));
  }
  const usesTools = messages.some(({ content }) => content?.some(({ toolUse, toolResult }) => toolUse ?? toolResult));
  if (usesTools && call.body.toolConfig === undefined)
    return "The toolConfig field must be defined when using toolUse and toolResult content blocks.";
  return call.model?.includes("amazon.nova") ? refusalOfNova(call.body) : undefined;
}

interface ToolConfig {
  readonly tools?: readonly { readonly toolSpec?: { readonly inputSchema?: { readonly json?: object } } }[];
}

/** https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html */
function refusalOfNova({ toolConfig }: Call["body"]): string | undefined {
  const { tools = [] } = (toolConfig ?? {}) as ToolConfig;
  const fields = tools.flatMap(({ toolSpec }) => Object.keys(toolSpec?.inputSchema?.json ?? {}));
  const other = fields.find((field) => !["type", "properties", "required"].includes(field));
  return other && `The schema of a tool has the field ${other}: at its top there may be type, properties and required.`;
}
