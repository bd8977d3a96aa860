import { AgentError, errorOfEvent, type Peer } from "@agentorchestrator/shared";
import { z } from "zod";

/** The Cortex service's operations, and the field of each that the front door's `input` fills. docs/agents/snowflake-cortex.md */
const inputField = { complete: "prompt", analyst: "question", search: "query", query: "sql" } as const;
export type CortexOperation = keyof typeof inputField;
const operations = Object.keys(inputField) as [CortexOperation, ...CortexOperation[]];

export const cortexRoute = z.strictObject({
  operation: z.enum(operations),
  parameters: z
    .record(z.string(), z.unknown())
    .exactOptional()
    .describe("further fields of that operation's request, as the Cortex service documents them"),
});
export type CortexRoute = z.output<typeof cortexRoute>;

/** What every answer may have of what the front door tells; what else it has is passed on. */
const answer = z.looseObject({
  text: z.string().optional(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }).optional(),
});
export type CortexAnswer = z.output<typeof answer>;

const chunk = z.object({ text: z.string() });

/** The Cortex service. What it is asked it checks by itself: its refusals are passed on. */
export class CortexService {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /**
   * Asks, and with `onText` has a completion streamed: nothing else can be.
   *
   * @throws AgentError of Peer; its 400 says which parameter is wrong
   */
  async ask(
    { operation, parameters = {} }: CortexRoute,
    input: string,
    signal: AbortSignal,
    onText?: (text: string) => Promise<void>,
  ): Promise<CortexAnswer> {
    const streamed = onText !== undefined && operation === "complete";
    const body = {
      ...parameters,
      ...(operation === "complete" && { stream: streamed }),
      [inputField[operation]]: input,
    };
    const request = { method: "POST", path: `/${operation}`, body, signal } as const;
    if (streamed) return this.#stream(request, onText);
    const whole = await this.#peer.json(answer, request);
    if (whole.text) await onText?.(whole.text);
    return whole;
  }

  async #stream(
    request: { method: "POST"; path: string; body: object; signal: AbortSignal },
    onText: (text: string) => Promise<void>,
  ): Promise<CortexAnswer> {
    for await (const { event, data } of this.#peer.events(request)) {
      if (event === "chunk") await onText(chunk.parse(data).text);
      if (event === "error") throw errorOfEvent(data);
      if (event === "done") return answer.parse(data);
    }
    const message = "the Cortex service ended its answer before it was whole: try again";
    throw new AgentError("StreamCut", message, { status: 502, retryable: true });
  }
}
