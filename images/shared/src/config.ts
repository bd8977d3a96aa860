import { z } from "zod";
import { isSecretName, keepSecret } from "./redact.ts";

/** The exit status of a process whose configuration is wrong: EX_CONFIG of sysexits.h. */
export const EX_CONFIG = 78;

/** The environment lacks something or holds what cannot be used. The message lists every variable; no value is quoted. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "ConfigInvalid";
  /** Names of the variables. */
  readonly variables: readonly string[];

  constructor(message: string, variables: readonly string[]) {
    super(message);
    this.variables = variables;
  }
}

/** A whole number from the environment. */
export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, `has to be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `has to be a whole number from ${least} to ${most}`);
}

const httpUrl = z
  .url({ protocol: /^https?$/, error: "has to be an http or https URL" })
  .transform((url) => url.replace(/\/+$/, ""));

/** A variable `<AGENT>_URL`: an http or https URL, without the slash at its end. */
export function peerUrl(agent: string) {
  return httpUrl.describe(`address of the agent ${agent}; wired by uses: [{ agent: ${agent} }]`);
}

/** What every agent reads: spread it into the schema of an agent. */
export const baseConfig = {
  AGENT_NAME: z.string().min(1).describe("name of this agent; the operator always sets it"),
  PORT: wholeNumber(0, 65_535).describe("port to listen on; the operator always sets it"),
  AWS_REGION: z.string().min(1).describe("region of the platform; the operator always sets it"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("least level of log lines; may be set in the agent's env"),
  LANGFUSE_BASE_URL: httpUrl.optional().describe("address of Langfuse; wired by uses: [{ component: langfuse }]"),
  LANGFUSE_PUBLIC_KEY: z
    .string()
    .optional()
    .describe("public key of the Langfuse project; wired by uses: [{ component: langfuse }]"),
  LANGFUSE_SECRET_KEY: z
    .string()
    .optional()
    .describe("secret key of the Langfuse project; wired by uses: [{ component: langfuse }]"),
  REQUEST_TIMEOUT_SECONDS: wholeNumber(1, 3_600)
    .default(60)
    .describe("longest time of a request that is no stream; may be set in the agent's env"),
  MAX_BODY_BYTES: wholeNumber(1_024, 100_000_000)
    .default(1_048_576)
    .describe("largest body of a request; may be set in the agent's env"),
  MAX_CONCURRENT_REQUESTS: wholeNumber(1, 100_000)
    .default(200)
    .describe("requests at once, above which 503 is answered; may be set in the agent's env"),
  HOST: z.string().default("0.0.0.0").describe("address to listen on; may be set in the agent's env"),
  DRAIN_SECONDS: wholeNumber(0, 3_600)
    .default(20)
    .describe("time that requests in flight have to end on SIGTERM, under ECS' stopTimeout (30); may be set in env"),
  DRAIN_DELAY_SECONDS: wholeNumber(0, 300)
    .default(2)
    .describe("time in which new requests are still taken on SIGTERM, part of DRAIN_SECONDS; may be set in env"),
};

const baseSchema = z.object(baseConfig);
export type BaseConfig = z.output<typeof baseSchema>;

/**
 * Reads the environment once. An empty variable counts as missing. Values of variables whose names say secret are kept
 * out of logs from then on (keepSecret).
 *
 * @throws ConfigError that lists every variable that is missing or wrong, what it is for, and what wires it
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  ) as Record<string, string>;
  for (const [name, value] of Object.entries(env)) if (value && isSecretName(name)) keepSecret(value);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = new Map<string, string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? "");
    if (!problems.has(name)) problems.set(name, problem(schema, name, issue, name === "" || name in given));
  }
  const names = [...problems.keys()].filter((name) => name !== "");
  throw new ConfigError(`the environment cannot be used: ${[...problems.values()].join("; ")}`, names);
}

function problem(schema: z.ZodObject, name: string, issue: z.core.$ZodIssue, given: boolean): string {
  if (name === "") return issue.message;
  const purpose = descriptionOf(schema.shape[name]);
  const what = given ? `is wrong: ${issue.message}` : "is missing";
  return `${name} ${what}${purpose === undefined ? "" : ` (${purpose})`}`;
}

/** Also of a field that became optional, or got a default, after it was described. */
function descriptionOf(field: unknown): string | undefined {
  if (!(field instanceof z.ZodType)) return undefined;
  if (field.description !== undefined) return field.description;
  return "unwrap" in field && typeof field.unwrap === "function" ? descriptionOf(field.unwrap()) : undefined;
}
