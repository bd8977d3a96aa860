import { baseConfig, keepSecret, readConfig, wholeNumber } from "@agentorchestrator/shared";
import { z } from "zod";

const wired = "wired by secrets: [{ name: snowflake, from: { secretRef: { name: snowflake } } }]";

const text = (what: string) => z.string().min(1).describe(`${what}; ${wired}`);
const number = (least: number, most: number, value: number, what: string) =>
  wholeNumber(least, most).default(value).describe(`${what}; may be a key of the Secret`);

/** An account identifier: organization-account, or a locator with its region. */
const account = z
  .string()
  .regex(/^[A-Za-z0-9][\w-]*(\.[\w-]+)*$/, "has to be an account identifier, as myorg-myaccount or xy12345.eu-west-1");

const fields = {
  ...baseConfig,
  SNOWFLAKE_ACCOUNT: account.describe(`account identifier; ${wired}`),
  SNOWFLAKE_USER: text("name of the service user"),
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: z.string().optional().describe(`passphrase of that key; ${wired}`),
  SNOWFLAKE_SECRET_ARN: z
    .string()
    .optional()
    .describe(`secret from which the key is read on every connect, so that it may rotate; ${wired}`),
  SNOWFLAKE_ROLE: text("role of every session, which may only read; default DEFAULT_ROLE of the user").optional(),
  SNOWFLAKE_WAREHOUSE: text("warehouse of every session; default DEFAULT_WAREHOUSE of the user").optional(),
  SNOWFLAKE_DATABASE: text("database of every session; default that of DEFAULT_NAMESPACE of the user").optional(),
  SNOWFLAKE_SCHEMA: text("schema of every session; default PUBLIC where a database is named").optional(),
  SNOWFLAKE_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .describe("address of the account instead of the public one, as by PrivateLink; may be a key of the Secret"),
  SNOWFLAKE_CORTEX_MODEL: z
    .string()
    .min(1)
    .default("claude-4-sonnet")
    .describe("model of POST /complete where the request names none; may be a key of the Secret"),
  SNOWFLAKE_SEMANTIC_VIEW: z
    .string()
    .min(1)
    .optional()
    .describe("semantic view of POST /analyst where the request names no model; may be a key of the Secret"),
  SNOWFLAKE_SEARCH_SERVICE: z
    .string()
    .min(1)
    .optional()
    .describe("Cortex Search service of POST /search where the request names none; may be a key of the Secret"),
  SNOWFLAKE_POOL_SIZE: number(1, 64, 8, "sessions at once"),
  SNOWFLAKE_POOL_WAIT_SECONDS: number(1, 300, 10, "longest wait for a session"),
  SNOWFLAKE_LOGIN_TIMEOUT_SECONDS: number(1, 300, 30, "longest login"),
  SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS: number(1, 3_600, 45, "longest statement; keep it under REQUEST_TIMEOUT_SECONDS"),
  SNOWFLAKE_MAX_ROWS: number(1, 10_000_000, 100_000, "most rows of a result"),
  SNOWFLAKE_MAX_BYTES: number(1_024, 1_000_000_000, 16_777_216, "most bytes of one answer's rows"),
  SNOWFLAKE_GRANTS_SECONDS: number(1, 86_400, 300, "how often the role's grants are read again"),
  SNOWFLAKE_ACCEPTED_GRANTS: z
    .string()
    .default("")
    .describe("grants beyond the known reading ones that are accepted, as OPERATE ON WAREHOUSE, with commas between"),
};

const privateKey = text("RSA private key of the user in PEM, needed unless SNOWFLAKE_SECRET_ARN is set");
const schema = z.object({ ...fields, SNOWFLAKE_PRIVATE_KEY: privateKey });
const schemaWithSecret = z.object({ ...fields, SNOWFLAKE_PRIVATE_KEY: privateKey.optional() });

export type Config = z.output<typeof schemaWithSecret>;

/** Keys of the Secret in camelCase, as the operator turns them into variables: privateKey into SNOWFLAKE_PRIVATEKEY. */
const aliases = {
  SNOWFLAKE_PRIVATEKEY: "SNOWFLAKE_PRIVATE_KEY",
  SNOWFLAKE_PRIVATEKEYPASSPHRASE: "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
  SNOWFLAKE_USERNAME: "SNOWFLAKE_USER",
} as const;

/**
 * The agent's configuration. Keys of the Secret may be snake_case or camelCase; a secret that is wired by its `arn` comes
 * whole in SNOWFLAKE, as a JSON object of the same keys.
 *
 * @throws ConfigError that names what is missing or wrong
 */
export function readSnowflakeConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const all: NodeJS.ProcessEnv = { ...fieldsOf(env.SNOWFLAKE), ...given };
  for (const [alias, name] of Object.entries(aliases)) all[name] ??= all[alias];
  const config: Config = readConfig(all.SNOWFLAKE_SECRET_ARN ? schemaWithSecret : schema, all);
  if (config.SNOWFLAKE_PRIVATE_KEY) keepSecret(config.SNOWFLAKE_PRIVATE_KEY);
  return config;
}

/** {"privateKey": …} → {SNOWFLAKE_PRIVATEKEY: …}, as the operator names variables. */
function fieldsOf(json: string | undefined): Record<string, string> {
  if (!json) return {};
  keepSecret(json);
  try {
    const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(json));
    const variable = (key: string) => `SNOWFLAKE_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
    return Object.fromEntries(
      Object.entries(fields).flatMap(([key, value]) => (typeof value === "string" ? [[variable(key), value]] : [])),
    );
  } catch {
    return {};
  }
}
