import { z } from "zod";

/** Bedrock's operations that the stub serves. */
export const operations = ["Converse", "ConverseStream", "InvokeAgent"] as const;
export type Operation = (typeof operations)[number];

const milliseconds = z.number().min(0);

/**
 * How a stream ends when it does not end well. `cut` breaks the connection, `short` closes it well before the answer is
 * whole, `stall` says nothing more and keeps it open, an exception is framed as AWS frames it in mid-stream: its member's name, as `throttlingException`.
 */
const ending = z.union([
  z.enum(["cut", "short", "stall"]),
  z.strictObject({ exception: z.string().regex(/^[a-z][A-Za-z]+Exception$/), message: z.string() }),
]);

/** What the model or agent answers. Fields that are absent are made up in a plain, constant way. */
export const answerSchema = z.strictObject({
  /** Time to the head of the answer. */
  delayMs: milliseconds.optional(),
  /** The text: one chunk each entry where it is streamed, joined otherwise. Default: none beside `toolUse`, else "ok". */
  text: z.array(z.string()).optional(),
  /** Time before each chunk. */
  everyMs: milliseconds.optional(),
  /** Tools that the model wants to use. An input that is a string is sent as it is when streamed: it need not be JSON. */
  toolUse: z.array(z.strictObject({ name: z.string(), input: z.unknown(), id: z.string().optional() })).optional(),
  /** Default: `tool_use` beside `toolUse`, else `end_turn`. `guardrail_intervened` also adds the guardrail's trace. */
  stopReason: z.string().optional(),
  /** Default: a token for every four characters. */
  usage: z.strictObject({ inputTokens: z.int().min(0), outputTokens: z.int().min(0) }).optional(),
  /** InvokeAgent only: what the agent hands back to its caller, as ReturnControlPayload. */
  returnControl: z.record(z.string(), z.unknown()).optional(),
  /** InvokeAgent only: the text is cut into chunks of so many bytes instead, also within a character. */
  chunkBytes: z.int().min(1).optional(),
  /** InvokeAgent only: sources, as Attribution, on the last chunk. */
  attribution: z.record(z.string(), z.unknown()).optional(),
  /** Refused before anything is streamed, with this HTTP status and error type. */
  refuse: z
    .strictObject({
      status: z.int().min(400).max(599),
      type: z.string(),
      message: z.string(),
      retryAfter: z.string().optional(),
    })
    .optional(),
  /** How it ends after its text. Converse answers at once: there an exception becomes a refusal. */
  end: ending.optional(),
});
export type Answer = z.input<typeof answerSchema>;

/** When a rule holds: every condition that is given must. */
const whenSchema = z.strictObject({
  operation: z.enum(operations).optional(),
  model: z.string().optional(),
  /** `<agentId>/<agentAliasId>` */
  agent: z.string().optional(),
  /** Is within the newest message's text or tool results, or within InvokeAgent's input. */
  text: z.string().optional(),
  /** Is within the system prompt. */
  system: z.string().optional(),
  /** Whether the newest message carries results of tools. */
  toolResult: z.boolean().optional(),
});

export const ruleSchema = z.strictObject({
  when: whenSchema.optional(),
  /** How many calls it answers before the next rule that holds has its turn. Default: all. */
  times: z.int().min(1).optional(),
  answer: answerSchema,
});

/** Rules in order: the first that holds and is not used up answers. A call that no rule answers is refused. */
export const scriptSchema = z.array(ruleSchema);
export type Script = z.input<typeof scriptSchema>;
export type Rule = z.output<typeof ruleSchema>;

/** What a rule is held against. */
export interface Subject {
  readonly operation: Operation;
  readonly model?: string;
  readonly agent?: string;
  readonly text: string;
  readonly system: string;
  readonly toolResult: boolean;
}

export function holds({ when = {} }: Rule, subject: Subject): boolean {
  return (
    (when.operation === undefined || when.operation === subject.operation) &&
    (when.model === undefined || when.model === subject.model) &&
    (when.agent === undefined || when.agent === subject.agent) &&
    (when.text === undefined || subject.text.includes(when.text)) &&
    (when.system === undefined || subject.system.includes(when.system)) &&
    (when.toolResult === undefined || when.toolResult === subject.toolResult)
  );
}
