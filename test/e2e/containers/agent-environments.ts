import { generateKeyPairSync } from "node:crypto";

/** Nothing answers there: an agent has to live without what it uses, and say so at /ready. */
const NOBODY = "127.0.0.1";

/**
 * What each agent finds in its environment at least, as docs/wiring.md lists it, with nothing behind it. Secrets are made
 * anew for each run.
 */
export function agentEnvironments(): Readonly<Record<string, { port: number; env: Readonly<Record<string, string>> }>> {
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = { format: "pem" } as const;
  const privateKey = key.privateKey.export({ ...pem, type: "pkcs8" }).toString();
  const publicKey = key.publicKey.export({ ...pem, type: "spki" }).toString();
  const base = (name: string, port: number) => ({ AGENT_NAME: name, PORT: String(port), AWS_REGION: "us-east-1" });
  return {
    "aws-agent-core": {
      port: 8000,
      env: {
        ...base("aws-agent-core", 8000),
        BEDROCK_MODELS: "anthropic.claude-3-haiku-20240307-v1:0",
        LANGGRAPH_URL: "http://langgraph.example.local:8001",
        SNOWFLAKE_CORTEX_URL: "http://snowflake-cortex.example.local:8002",
      },
    },
    langgraph: {
      port: 8001,
      env: {
        ...base("langgraph", 8001),
        DATABASE_HOST: NOBODY,
        DATABASE_PORT: "5432",
        DATABASE_NAME: "workflows",
        DATABASE_SSLMODE: "disable",
        DATABASE_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:database",
        ARTIFACTS_BUCKET: "artifacts",
        BEDROCK_MODELS: "anthropic.claude-3-haiku-20240307-v1:0",
        APPROVAL_ISSUER: "https://issuer.example.com",
        APPROVAL_AUDIENCE: "workflows",
        APPROVAL_PUBLIC_KEY: publicKey,
      },
    },
    "snowflake-cortex": {
      port: 8002,
      env: {
        ...base("snowflake-cortex", 8002),
        SNOWFLAKE_ACCOUNT: "myorg-myaccount",
        SNOWFLAKE_USER: "AGENT",
        SNOWFLAKE_PRIVATE_KEY: privateKey,
        SNOWFLAKE_ROLE: "READER",
        SNOWFLAKE_WAREHOUSE: "AGENTS",
        SNOWFLAKE_DATABASE: "SALES",
        SNOWFLAKE_URL: `http://${NOBODY}:9`,
      },
    },
  };
}
