import type { InitContainer } from "../kinds/ecs/task-definition.ts";
import type { DatabaseParts } from "./data-parts.ts";
import { text, type Wired } from "./ref.ts";
import type { SecretPart } from "./secrets.ts";

/** Database and role that Langfuse has in the platform's PostgreSQL. */
export const langfuseDatabase = "langfuse";

/**
 * Makes the role and its database, once. Where the role can log in there is nothing to do, and the database's own user,
 * whose password RDS rotates, is not needed. Replicas that start at once take turns by the lock. The role owns its
 * database and can read no other; Langfuse needs one of its own, for Prisma refuses a schema that has tables already
 * (Prisma error reference, P3005).
 */
const script = String.raw`
if PGUSER="$LANGFUSE_DATABASE" PGDATABASE="$LANGFUSE_DATABASE" PGPASSWORD="$LANGFUSE_DATABASE_PASSWORD" psql -Xqc "" 2>/dev/null
then exit 0
fi
psql -Xq -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
\getenv name LANGFUSE_DATABASE
\getenv password LANGFUSE_DATABASE_PASSWORD
SELECT pg_advisory_lock(hashtext(:'name'));
SELECT format('CREATE ROLE %I', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'name', :'password') \gexec
SELECT format('GRANT %I TO CURRENT_USER', :'name') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
`;

/** Runs before each task of Langfuse, on the image of the platform's PostgreSQL for its psql (14 or newer). */
export function langfuseDatabaseInit(
  version: string,
  database: DatabaseParts,
  server: SecretPart,
): Wired<InitContainer> {
  return {
    name: "database",
    image: `public.ecr.aws/docker/library/postgres:${version}`,
    command: ["bash", "-euc", script],
    environment: {
      PGHOST: database.host,
      PGPORT: String(database.port),
      PGDATABASE: database.name,
      PGSSLMODE: database.sslMode,
      PGCONNECT_TIMEOUT: "10",
      PGOPTIONS: "-c client_min_messages=warning",
      LANGFUSE_DATABASE: langfuseDatabase,
    },
    // The version is not named: of a password that RDS rotates, the current one counts when the task starts.
    secrets: {
      PGUSER: text`${database.secretArn}:username::`,
      PGPASSWORD: text`${database.secretArn}:password::`,
      LANGFUSE_DATABASE_PASSWORD: server.valueFrom("databasePassword"),
    },
  };
}
