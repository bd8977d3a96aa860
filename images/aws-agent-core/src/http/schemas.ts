import { z } from "zod";
import { cortexRoute } from "../peers/cortex.ts";
import { remoteSteps } from "../peers/workflows.ts";

/** Longest input: about 50 000 tokens, within what the smallest of today's models take. */
const LONGEST_INPUT = 200_000;
const MOST_MESSAGES = 200;
/** What AWS takes as a session's id: API_agent-runtime_InvokeAgent. */
export const sessionIdPattern = /^[0-9a-zA-Z._:-]{2,100}$/;

const filled = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => text.trim() !== "", "must not be blank");

const message = z.strictObject({ role: z.enum(["user", "assistant"]), content: filled(LONGEST_INPUT) });

const history = z
  .array(message)
  .max(MOST_MESSAGES)
  .superRefine((messages, context) => {
    for (const [index, { role }] of messages.entries()) {
      const expected = index % 2 === 0 ? "user" : "assistant";
      if (role === expected) continue;
      const issue = `must be of the role ${expected}: messages alternate and begin with the user's`;
      return context.addIssue({ code: "custom", path: [index, "role"], message: issue });
    }
    if (messages.length % 2 === 1)
      context.addIssue({
        code: "custom",
        message: "must end with the assistant's: the user's next message is `input`",
      });
  });

const agentIds = z.strictObject({
  agentId: z.string().regex(/^[0-9A-Za-z]{1,10}$/),
  agentAliasId: z.string().regex(/^[0-9A-Za-z]{1,10}$/),
});

const forms =
  "must be one of {model: name or true}, {agent: name or {agentId, agentAliasId}}, {workflow: true or {…}}, {cortex: {…}}";

const route = z.union(
  [
    z.strictObject({ model: z.union([z.literal(true).describe("the default model, without tools"), filled(2_048)]) }),
    z.strictObject({ agent: z.union([filled(64), agentIds]) }),
    z.strictObject({
      workflow: z.union([
        z.literal(true),
        z.strictObject({ id: filled(64).describe("of a workflow that is asked about, instead of a new one") }),
        z.strictObject({
          instructions: filled(20_000).exactOptional(),
          remoteSteps: z.array(z.enum(remoteSteps)).max(remoteSteps.length).exactOptional(),
        }),
      ]),
    }),
    z.strictObject({ cortex: cortexRoute }),
  ],
  { error: forms },
);
export type Route = z.output<typeof route>;

const text = z.strictObject({ TEXT: z.strictObject({ body: z.string().max(25_000) }) });
const actionResult = {
  actionGroup: filled(200),
  responseBody: text.exactOptional(),
  responseState: z.enum(["FAILURE", "REPROMPT"]).exactOptional(),
  confirmationState: z.enum(["CONFIRM", "DENY"]).exactOptional(),
};

const returnControl = z
  .strictObject({
    invocationId: filled(200),
    results: z
      .array(
        z.union([
          z.strictObject({
            functionResult: z.strictObject({ ...actionResult, function: z.string().exactOptional() }),
          }),
          z.strictObject({
            apiResult: z.strictObject({
              ...actionResult,
              apiPath: z.string().exactOptional(),
              httpMethod: z.string().exactOptional(),
              httpStatusCode: z.int().exactOptional(),
            }),
          }),
        ]),
      )
      .min(1)
      .max(5),
  })
  .describe("what an action gave that a Bedrock agent handed over by returnControl; goes in place of input");

const options = z.strictObject({
  system: filled(50_000).exactOptional().describe("system prompt; without a route it is added to the front door's own"),
  maxTokens: z.int().min(1).max(1_000_000).exactOptional(),
  temperature: z.number().min(0).max(1).exactOptional(),
  topP: z.number().min(0).max(1).exactOptional(),
  stopSequences: z.array(filled(100)).max(4).exactOptional(),
  trace: z.boolean().exactOptional().describe("stream a Bedrock agent's reasoning as `trace` events"),
  endSession: z.boolean().exactOptional().describe("end the Bedrock agent's session with this request"),
  returnControl: returnControl.exactOptional(),
});

/** Body of POST /invoke and POST /invoke/stream. */
export const invokeRequest = z
  .strictObject({
    input: filled(LONGEST_INPUT)
      .exactOptional()
      .describe("what is asked; left out when a workflow is asked about, or options.returnControl is given"),
    sessionId: z
      .string()
      .regex(sessionIdPattern, "must be 2 to 100 letters, digits, and . _ : -")
      .exactOptional()
      .describe("the same for requests that belong together; left out, that of the header x-session-id, or a new one"),
    route: route
      .exactOptional()
      .describe("where to; left out, the default model chooses, with the others as its tools"),
    messages: history
      .exactOptional()
      .describe(
        "the conversation so far, as the answer before returned it; models only, Bedrock agents remember theirs",
      ),
    options: options.exactOptional(),
  })
  .superRefine(({ input, route: to, messages, options: more }, context) => {
    const wrong = (path: string, issue: string) => context.addIssue({ code: "custom", path: [path], message: issue });
    const agent = to !== undefined && "agent" in to;
    const asksAbout = to !== undefined && "workflow" in to && typeof to.workflow === "object" && "id" in to.workflow;
    if (more?.returnControl && !agent) wrong("options", "returnControl needs a route to an agent");
    if (more?.returnControl && input !== undefined) wrong("input", "must be left out beside options.returnControl");
    if (messages && to !== undefined && !("model" in to)) wrong("messages", "are for models only");
    if (input === undefined && !asksAbout && !more?.returnControl) wrong("input", "is missing");
  })
  .meta({
    id: "Invoke",
    examples: [
      { input: "Write a report about heat pumps", sessionId: "s-42" },
      { input: "Say it in one sentence", route: { model: "amazon.nova-lite-v1:0" }, options: { maxTokens: 200 } },
      { input: "Where is my order?", route: { agent: "support" }, sessionId: "s-43" },
    ],
  });
export type InvokeRequest = z.output<typeof invokeRequest>;

const chosenRoute = z
  .union([
    z.object({ kind: z.enum(["auto", "model"]), model: z.string() }),
    z.object({ kind: z.literal("agent"), agentId: z.string(), agentAliasId: z.string() }),
    z.object({ kind: z.literal("workflow") }),
    z.object({ kind: z.literal("cortex"), operation: z.string() }),
  ])
  .describe("where the request went; auto: the model chose");

/** Body of POST /invoke's answer, and the data of a stream's `done`. */
export const invokeResult = z
  .object({
    requestId: z.string(),
    sessionId: z.string(),
    route: chosenRoute,
    output: z.string(),
    stopReason: z
      .string()
      .describe("of Converse, as end_turn, max_tokens, guardrail_intervened; return_control when an agent hands over"),
    usage: z.object({ inputTokens: z.int(), outputTokens: z.int() }).optional(),
    messages: z
      .array(z.object({ role: z.enum(["user", "assistant"]), content: z.string() }))
      .optional()
      .describe("to be sent with the next request of this conversation"),
    toolCalls: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          input: z.unknown(),
          status: z.enum(["success", "error"]),
          result: z.unknown(),
        }),
      )
      .optional(),
    returnControl: z.object({ invocationId: z.string(), invocationInputs: z.array(z.unknown()) }).optional(),
    citations: z.array(z.unknown()).optional(),
    workflow: z.looseObject({ id: z.string(), status: z.string() }).optional(),
    cortex: z.unknown().optional().describe("the Cortex service's own answer"),
  })
  .meta({ id: "Invoked" });

/** Body of GET /routes. */
export const routesView = z
  .object({
    models: z.array(z.string()).describe("the first is the default"),
    agents: z.array(z.object({ name: z.string(), agentId: z.string(), agentAliasId: z.string() })),
    workflow: z.boolean(),
    cortex: z.boolean(),
  })
  .meta({ id: "Routes" });

export const invokeHeaders = z.object({
  authorization: z.string().optional(),
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, "must be 1 to 128 visible ASCII characters")
    .optional()
    .describe("the same key and body: the recorded answer, and no effect twice"),
});
