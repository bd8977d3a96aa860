import { baseConfig, peerUrl, wholeNumber } from "@agentorchestrator/shared";
import { z } from "zod";

const list = (text: string): readonly string[] =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

/** A Bedrock agent that may be invoked. Ids by API_agent-runtime_InvokeAgent. */
export interface AgentAlias {
  readonly name: string;
  readonly agentId: string;
  readonly agentAliasId: string;
}

/** `name=agentId/aliasId,…` */
const agents = z.string().transform((text, context): readonly AgentAlias[] => {
  const found = list(text).map((entry) => {
    const [, name = "", agentId = "", agentAliasId = ""] =
      /^([A-Za-z][\w-]{0,63})=([0-9A-Za-z]{1,10})\/([0-9A-Za-z]{1,10})$/.exec(entry) ?? [];
    return { name, agentId, agentAliasId };
  });
  const wrong = found.findIndex(({ name }) => name === "");
  const twice = found.find(({ name }, index) => found.findIndex((other) => other.name === name) !== index);
  if (wrong >= 0) context.addIssue(`has to be name=agentId/aliasId with commas between: entry ${wrong + 1} is not`);
  else if (twice) context.addIssue(`names ${twice.name} twice`);
  return found;
});

const guardrail = z
  .string()
  .regex(/^[\w.:/-]{1,2048}:(\d{1,8}|DRAFT)$/, "has to be <guardrail id or ARN>:<version or DRAFT>")
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    return { guardrailIdentifier: text.slice(0, colon), guardrailVersion: text.slice(colon + 1) };
  });

/**
 * The environment of the front door: what docs/wiring.md lists, and what may be set in the agent's `env`. Everything but
 * the base is optional: a route that is not configured is refused with the entry that would wire it.
 */
export const schema = z
  .object({
    ...baseConfig,
    REQUEST_TIMEOUT_SECONDS: wholeNumber(1, 3_600)
      .default(55)
      .describe("longest time of a request that is no stream; under the load balancer's 60 s; may be set in env"),
    BEDROCK_MODELS: z
      .string()
      .transform(list)
      .default([])
      .describe("models that may be used, the first by default; wired by bedrock: { models: [...] }"),
    BEDROCK_AGENTS: agents
      .default([])
      .describe(
        "Bedrock agents that may be used, as name=agentId/aliasId; set in env, with bedrock.invokeAgents: true",
      ),
    BEDROCK_GUARDRAIL: guardrail
      .optional()
      .describe(
        "guardrail for every call of a model, as id:version; set in env, the role needs bedrock:ApplyGuardrail",
      ),
    BEDROCK_MAX_ATTEMPTS: wholeNumber(1, 10)
      .default(3)
      .describe("calls of Bedrock for one answer, while nothing of it was sent; may be set in env"),
    STREAM_STALL_SECONDS: wholeNumber(1, 3_600)
      .default(120)
      .describe("longest silence within a stream of Bedrock; may be set in env"),
    MAX_TOOL_TURNS: wholeNumber(1, 50)
      .default(8)
      .describe("how often a model may use tools for one request; may be set in env"),
    MAX_TOOL_ERRORS: wholeNumber(1, 50)
      .default(3)
      .describe("how often a model may use tools wrongly for one request; may be set in env"),
    LANGGRAPH_URL: peerUrl("langgraph").optional(),
    SNOWFLAKE_CORTEX_URL: peerUrl("snowflake-cortex").optional(),
    AUTH_ISSUER: z
      .string()
      .optional()
      .describe("issuer of callers' tokens; without it anybody who reaches the agent may use it; may be set in env"),
    AUTH_AUDIENCE: z
      .string()
      .optional()
      .describe("audience of callers' tokens, needed beside AUTH_ISSUER; may be set in env"),
    AUTH_JWKS_URL: z
      .url()
      .optional()
      .describe(
        "where the issuer publishes its keys, needed beside AUTH_ISSUER unless AUTH_PUBLIC_KEY is set; may be set in env",
      ),
    AUTH_PUBLIC_KEY: z.string().optional().describe("or its one public key, PEM; may be set in env"),
  })
  .superRefine((config, context) => {
    const wrong = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
    if (config.AUTH_ISSUER === undefined) return;
    if (config.AUTH_AUDIENCE === undefined) wrong("AUTH_AUDIENCE", "has to be set beside AUTH_ISSUER");
    if ((config.AUTH_JWKS_URL === undefined) === (config.AUTH_PUBLIC_KEY === undefined))
      wrong("AUTH_JWKS_URL", "one of AUTH_JWKS_URL and AUTH_PUBLIC_KEY has to be set beside AUTH_ISSUER");
  });

export type Config = z.output<typeof schema>;
