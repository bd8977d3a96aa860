import type { SelfHostedLangfuse } from "../api/langfuse.ts";
import type { CacheParts } from "./cache.ts";
import type { DatabaseParts } from "./data-parts.ts";
import { langfuseDatabase } from "./langfuse-database.ts";
import type { LangfuseSecrets } from "./langfuse-secrets.ts";
import type { Ref, Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { langfusePort } from "./security.ts";
import type { Wiring } from "./wiring.ts";

/** What Langfuse keeps its data in. */
export interface LangfuseStores {
  readonly database: DatabaseParts;
  readonly cache: CacheParts;
  readonly bucketName: Ref<string>;
  readonly bucketArn: Ref<string>;
}

/** Where Langfuse reads and writes in the bucket. */
export const langfusePrefix = "langfuse/";
export const langfuseWorkerPort = 3030;
/** MiB of a task of 4 GiB that the heap may take. Langfuse, "Node.js memory settings". */
const heapMiB = 3072;

/** Where agents, and without ingress people too, reach a Langfuse that runs here. */
export function langfuseUrl(domain: string): string {
  return `http://langfuse.${domain}:${langfusePort}`;
}

/**
 * The environment of web and worker; a test holds it to images/langfuse/variables.json, which has what Langfuse documents.
 *
 * @param url where people and agents reach web
 */
export function langfuseEnvironment(
  scope: Scope,
  langfuse: SelfHostedLangfuse,
  stores: LangfuseStores,
  secrets: LangfuseSecrets,
  url: string,
): { readonly web: Wiring; readonly worker: Wiring } {
  const { keys, server } = secrets;
  const environment = { ...common(scope, langfuse, stores), NEXTAUTH_URL: url };
  const shared = {
    DATABASE_PASSWORD: server.valueFrom("databasePassword"),
    CLICKHOUSE_USER: secrets.clickhouse.valueFrom("user"),
    CLICKHOUSE_PASSWORD: secrets.clickhouse.valueFrom("password"),
    SALT: server.valueFrom("salt"),
    ENCRYPTION_KEY: server.valueFrom("encryptionKey"),
  };
  const { prefix } = scope.names;
  const { adminEmail } = langfuse;
  const web: Wiring = {
    environment: {
      ...environment,
      PORT: String(langfusePort),
      AUTH_DISABLE_SIGNUP: String(!langfuse.signUp),
      LANGFUSE_INIT_ORG_ID: prefix,
      LANGFUSE_INIT_ORG_NAME: prefix,
      LANGFUSE_INIT_PROJECT_ID: prefix,
      LANGFUSE_INIT_PROJECT_NAME: prefix,
      ...(adminEmail !== undefined && { LANGFUSE_INIT_USER_EMAIL: adminEmail, LANGFUSE_INIT_USER_NAME: "admin" }),
    },
    secrets: {
      ...shared,
      NEXTAUTH_SECRET: server.valueFrom("sessionSecret"),
      LANGFUSE_INIT_PROJECT_PUBLIC_KEY: keys.valueFrom("publicKey"),
      LANGFUSE_INIT_PROJECT_SECRET_KEY: keys.valueFrom("secretKey"),
      ...(adminEmail !== undefined && { LANGFUSE_INIT_USER_PASSWORD: server.valueFrom("adminPassword") }),
    },
  };
  return { web, worker: { environment: { ...environment, PORT: String(langfuseWorkerPort) }, secrets: shared } };
}

function common(
  { facts }: Scope,
  { clickhouse }: SelfHostedLangfuse,
  { database, cache, bucketName }: LangfuseStores,
): Readonly<Record<string, Wired<string>>> {
  const bucket = (use: string, prefix: string): Readonly<Record<string, Wired<string>>> => ({
    [`LANGFUSE_S3_${use}_BUCKET`]: bucketName,
    [`LANGFUSE_S3_${use}_PREFIX`]: `${langfusePrefix}${prefix}/`,
    [`LANGFUSE_S3_${use}_REGION`]: facts.region,
  });
  const overTls = clickhouse.url.startsWith("https:");
  return {
    // All addresses: ECS gives the container's own name, and then nothing answers on 127.0.0.1.
    HOSTNAME: "0.0.0.0",
    NODE_OPTIONS: `--max-old-space-size=${heapMiB}`,
    LANGFUSE_LOG_FORMAT: "json",
    TELEMETRY_ENABLED: "false",
    DATABASE_HOST: database.host,
    DATABASE_NAME: langfuseDatabase,
    DATABASE_USERNAME: langfuseDatabase,
    DATABASE_ARGS: `sslmode=${database.sslMode}`,
    CLICKHOUSE_URL: clickhouse.url,
    CLICKHOUSE_MIGRATION_URL: clickhouse.migrationUrl ?? nativeUrl(clickhouse.url),
    CLICKHOUSE_MIGRATION_SSL: String(overTls),
    CLICKHOUSE_DB: clickhouse.database,
    CLICKHOUSE_CLUSTER_ENABLED: String(clickhouse.cluster),
    REDIS_HOST: cache.host,
    REDIS_PORT: String(cache.port),
    REDIS_TLS_ENABLED: "true",
    // Agents may have keys in the same cache.
    REDIS_KEY_PREFIX: "langfuse:",
    ...bucket("EVENT_UPLOAD", "events"),
    ...bucket("MEDIA_UPLOAD", "media"),
    LANGFUSE_S3_BATCH_EXPORT_ENABLED: "true",
    ...bucket("BATCH_EXPORT", "exports"),
  };
}

/** ClickHouse's native protocol at the host of its HTTP one. https://clickhouse.com/docs/guides/sre/network-ports */
function nativeUrl(url: string): string {
  const { hostname, protocol } = new URL(url);
  return `clickhouse://${hostname}:${protocol === "https:" ? 9440 : 9000}`;
}
