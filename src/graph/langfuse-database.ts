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
 *
 * The password travels as a setting of the session, and what fails with it is told without its statement: so it is in no
 * log of the server, whatever log_statement is.
 */
const script = `
if PGUSER=${langfuseDatabase} PGDATABASE=${langfuseDatabase} PGPASSWORD="$LANGFUSE_DATABASE_PASSWORD" psql -Xqc "" 2>/dev/null
then exit 0
fi
export PGOPTIONS="-c client_min_messages=warning -c langfuse.password=$LANGFUSE_DATABASE_PASSWORD"
psql -Xq -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
SELECT pg_advisory_lock(hashtext('${langfuseDatabase}'));
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${langfuseDatabase}') THEN
    CREATE ROLE ${langfuseDatabase};
  END IF;
  EXECUTE format('ALTER ROLE ${langfuseDatabase} LOGIN PASSWORD %L', current_setting('langfuse.password'));
  GRANT ${langfuseDatabase} TO CURRENT_USER;
EXCEPTION WHEN OTHERS THEN
  RAISE EXCEPTION 'role ${langfuseDatabase}: %', SQLERRM;
END $$;
SELECT 'CREATE DATABASE ${langfuseDatabase} OWNER ${langfuseDatabase}'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${langfuseDatabase}') \\gexec
REVOKE CONNECT ON DATABASE ${langfuseDatabase} FROM PUBLIC;
SQL
`;

/** Runs before each task of Langfuse, on the image of the platform's PostgreSQL for its psql. */
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
    },
    // The version is not named: of a password that RDS rotates, the current one counts when the task starts.
    secrets: {
      PGUSER: text`${database.secretArn}:username::`,
      PGPASSWORD: text`${database.secretArn}:password::`,
      LANGFUSE_DATABASE_PASSWORD: server.valueFrom("databasePassword"),
    },
  };
}
