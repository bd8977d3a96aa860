import { z } from "zod";

const bind = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const sql = z.string().min(1).max(100_000);

/** 512 kB of text in all is more than any model of Cortex takes. */
const longText = z.string().min(1).max(500_000);

const statement = {
  sql: sql.describe("One statement that reads: SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or VALUES."),
  binds: z
    .array(bind)
    .max(1_000)
    .optional()
    .describe("Values for each `?` (or `:1`, `:2`, …), sent apart from the SQL."),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .optional()
    .describe("Snowflake ends the statement then; never over the configured limit."),
  maxRows: z
    .int()
    .min(1)
    .optional()
    .describe("Most rows of the result, over all pages; never over the configured limit."),
};
const pageRows = z.int().min(1).max(10_000).default(1_000).describe("Most rows of this answer.");

export const queryBody = z.strictObject({ ...statement, pageRows });
export const streamBody = z.strictObject(statement);
export const nextBody = z.strictObject({ cursor: z.string().min(1).max(1_000), pageRows });

const column = z.object({
  name: z.string(),
  type: z.string().describe("Snowflake's: fixed, real, text, boolean, date, time, timestamp_ntz, variant, …"),
  nullable: z.boolean(),
  precision: z.number().optional(),
  scale: z.number().optional(),
});

export const page = z.object({
  queryId: z.string(),
  columns: z.array(column).readonly(),
  rows: z.array(z.array(z.unknown())).readonly(),
  rowCount: z.number().describe("Rows that can be read, over all pages."),
  truncated: z.boolean().describe("The statement had more rows than may be read."),
  nextCursor: z.string().optional().describe("For POST /query/next, for 24 hours; absent on the last page."),
});

const message = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: longText });

export const completeBody = z
  .strictObject({
    prompt: longText.optional().describe("One question; or `messages`."),
    messages: z.array(message).min(1).max(200).optional().describe("A conversation; the last message is the user's."),
    model: z.string().min(1).max(200).optional().describe("Default SNOWFLAKE_CORTEX_MODEL."),
    temperature: z.number().min(0).max(1).optional(),
    topP: z.number().min(0).max(1).optional(),
    maxTokens: z.int().min(1).max(128_000).optional(),
    guardrails: z.boolean().optional().describe("Cortex Guard; not with `stream`."),
    stream: z.boolean().default(false).describe("Answer with server-sent events: chunk {text}, then done."),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    message: "send either prompt or messages",
    path: ["prompt"],
  })
  .refine(({ messages }) => messages === undefined || messages.at(-1)?.role === "user", {
    message: "the last message has to be the user's",
    path: ["messages"],
  })
  .refine(({ guardrails, stream }) => !(guardrails && stream), {
    message: "guardrails need the whole answer: send stream: false",
    path: ["guardrails"],
  });

export const completion = z.object({
  model: z.string(),
  text: z.string(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }).optional(),
  queryId: z.string().optional(),
});

const name = z.string().min(1).max(800);
const semanticModel = z.union([
  z.strictObject({ semanticView: name }),
  z.strictObject({ semanticModelFile: name.startsWith("@") }),
]);
const analystMessage = z.strictObject({
  role: z.enum(["user", "analyst"]),
  content: z
    .array(z.looseObject({ type: z.string() }))
    .min(1)
    .max(20),
});

export const analystBody = z
  .strictObject({
    question: z.string().min(1).max(10_000).optional().describe("One question; or `messages`."),
    messages: z
      .array(analystMessage)
      .min(1)
      .max(50)
      .optional()
      .describe("A conversation: answers' `message`s, and questions."),
    semanticView: name.optional().describe("database.schema.view; default SNOWFLAKE_SEMANTIC_VIEW."),
    semanticModelFile: name.startsWith("@").optional().describe("@database.schema.stage/path.yaml"),
    semanticModel: z.string().min(1).max(1_000_000).optional().describe("The model itself, in YAML."),
    semanticModels: z.array(semanticModel).min(1).max(20).optional().describe("Several, of which Analyst chooses."),
  })
  .refine(({ question, messages }) => (question === undefined) !== (messages === undefined), {
    message: "send either question or messages",
    path: ["question"],
  })
  .refine(({ messages }) => messages === undefined || messages.at(-1)?.role === "user", {
    message: "the last message has to be the user's",
    path: ["messages"],
  })
  .refine((body) => modelFields.filter((field) => body[field] !== undefined).length <= 1, {
    message: "name one semantic model, or several in semanticModels",
    path: ["semanticView"],
  });
const modelFields = ["semanticView", "semanticModelFile", "semanticModel", "semanticModels"] as const;
export type AnalystBody = z.output<typeof analystBody>;

export const analysis = z.object({
  requestId: z.string(),
  text: z.string(),
  sql: z.string().optional().describe("Answers the question: send it to POST /query."),
  suggestions: z.array(z.string()).readonly(),
  warnings: z.array(z.string()).readonly(),
  message: z
    .object({ role: z.string(), content: z.array(z.looseObject({ type: z.string() })).readonly() })
    .describe("To be sent with the next question of a conversation."),
});

export const searchBody = z.strictObject({
  query: z.string().min(1).max(10_000),
  service: name.optional().describe("[[database.]schema.]service; default SNOWFLAKE_SEARCH_SERVICE."),
  columns: z.array(z.string().min(1).max(255)).min(1).max(100).optional(),
  filter: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("As Cortex Search documents it: @eq, @contains, @and, …"),
  limit: z.int().min(1).max(1_000).optional(),
});

export const found = z.object({
  requestId: z.string(),
  results: z.array(z.record(z.string(), z.unknown()).readonly()).readonly(),
});
