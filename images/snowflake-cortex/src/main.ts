import { awsConfig, createServer, instrument, runAgent, SecretValue, serve } from "@agentorchestrator/shared";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import packageJson from "../package.json" with { type: "json" };
import { accountOf } from "./account.ts";
import { Analyst } from "./analyst.ts";
import { Completions } from "./complete.ts";
import { readSnowflakeConfig } from "./config.ts";
import { Cursors } from "./cursor.ts";
import { configureDriver } from "./driver.ts";
import { acceptedGrants } from "./grants.ts";
import { registerRoutes } from "./http/routes.ts";
import { Keys } from "./key.ts";
import { SessionPool } from "./pool.ts";
import { Queries } from "./query.ts";
import { Rest } from "./rest.ts";
import { RoleGuard } from "./role.ts";
import { SearchServices } from "./search.ts";
import { Session } from "./session.ts";
import { KeyPairTokens } from "./token.ts";

/** Sessions are renewed after this time, so that a rotated key is used before the old one is withdrawn. */
const SESSION_MS = 4 * 3_600_000;
const IDLE_CHECK_MS = 60_000;

await runAgent(async () => {
  const config = readSnowflakeConfig();
  const agent = config.AGENT_NAME;
  const { log, metrics, tracing } = instrument(config);
  configureDriver(log);

  const account = accountOf(config.SNOWFLAKE_ACCOUNT, config.SNOWFLAKE_URL);
  const { SNOWFLAKE_USER: user, SNOWFLAKE_ROLE: role } = config;
  const { SNOWFLAKE_DATABASE: database } = config;
  const schema = config.SNOWFLAKE_SCHEMA ?? (database === undefined ? undefined : "PUBLIC");
  const secret =
    config.SNOWFLAKE_SECRET_ARN === undefined
      ? undefined
      : new SecretValue(new SecretsManagerClient(awsConfig(config)), config.SNOWFLAKE_SECRET_ARN);
  const keys = new Keys(config, secret);
  const pool = new SessionPool(
    () =>
      Session.open({
        account,
        user,
        role,
        warehouse: config.SNOWFLAKE_WAREHOUSE,
        database,
        schema,
        loginTimeoutMs: config.SNOWFLAKE_LOGIN_TIMEOUT_SECONDS * 1_000,
        statementTimeoutSeconds: config.SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS,
        keys,
        log,
      }),
    {
      size: config.SNOWFLAKE_POOL_SIZE,
      waitMs: config.SNOWFLAKE_POOL_WAIT_SECONDS * 1_000,
      maxAgeMs: SESSION_MS,
      idleCheckMs: IDLE_CHECK_MS,
    },
  );
  const guard = new RoleGuard(pool, acceptedGrants(config.SNOWFLAKE_ACCEPTED_GRANTS), {
    intervalMs: config.SNOWFLAKE_GRANTS_SECONDS * 1_000,
    log,
  });
  const rest = new Rest({
    account,
    role,
    tokens: new KeyPairTokens(account, user, keys),
    timeoutMs: config.SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS * 1_000,
    maxBytes: config.SNOWFLAKE_MAX_BYTES,
  });
  const { SNOWFLAKE_SEMANTIC_VIEW: semanticView } = config;

  const server = await createServer({
    agent,
    version: packageJson.version,
    config,
    log,
    metrics,
    title: "Snowflake Cortex",
    description: "Language models, Analyst and Search of Snowflake Cortex, and SQL that only reads",
    checks: { role: () => guard.assertReads() },
  });
  registerRoutes(server, {
    guard,
    queries: new Queries(pool, new Cursors(keys), {
      agent,
      timeoutSeconds: config.SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS,
      maxRows: config.SNOWFLAKE_MAX_ROWS,
      maxBytes: config.SNOWFLAKE_MAX_BYTES,
    }),
    completions: new Completions(pool, rest, { agent, metrics }),
    analyst: new Analyst(rest, semanticView === undefined ? undefined : { semanticView }),
    search: new SearchServices(rest, { database, schema, service: config.SNOWFLAKE_SEARCH_SERVICE }),
    model: config.SNOWFLAKE_CORTEX_MODEL,
  });
  guard.start();
  await serve(server, {
    config,
    log,
    tracing,
    onDrain: [() => pool.close(), () => rest.close(), async () => guard.stop()],
  });
});
