import { createLog } from "@agentorchestrator/shared";
import { S3Client } from "@aws-sdk/client-s3";
import type { Postgres } from "../../../../test/support/postgres.ts";
import { type Artifacts, BucketArtifacts } from "../artifacts.ts";
import { Database } from "../database.ts";
import { Workflows } from "../domain/workflow.ts";
import { Changes } from "../store/changes.ts";
import { type Claim, claim } from "../store/lease.ts";
import { migrate } from "../store/migrate.ts";

/** The domain in this process, on an empty database of its own. No replica works: a test plays it. */
export interface Domain extends AsyncDisposable {
  readonly database: Database;
  readonly workflows: Workflows;
  readonly changes: Changes;
  readonly name: string;
  /** Errors of idle connections. */
  readonly errors: readonly Error[];
  /** Claims the one workflow that is due. */
  claim(owner?: string, leaseMs?: number): Promise<Claim>;
}

/** Does not log: what is looked at is the database. */
export const quiet = createLog({ agent: "langgraph", level: "silent" });

export function databaseOf(postgres: Postgres, name: string, errors: Error[] = []): Database {
  const { host, port, user: username, password } = postgres;
  return new Database({
    ...{ host, port, database: name, ssl: false, poolSize: 10, idleInTransactionMs: 1_000 },
    credentials: async () => ({ username, password }),
    onError: (error) => void errors.push(error),
  });
}

export async function openDomain(
  postgres: Postgres,
  options: { readonly artifacts?: Artifacts } = {},
): Promise<Domain> {
  const { database: name } = await postgres.createDatabase();
  const errors: Error[] = [];
  const database = databaseOf(postgres, name, errors);
  await migrate(database);
  const s3 = new S3Client({ region: "eu-central-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } });
  const artifacts =
    options.artifacts ?? new BucketArtifacts(s3, { bucket: "none", prefix: "artifacts/", urlSeconds: 60 });
  const changes = new Changes(database, 200);
  changes.start();
  return {
    ...{ database, changes, name, errors },
    workflows: new Workflows(database, artifacts, changes),
    async claim(owner = "test", leaseMs = 60_000) {
      const [claimed] = await claim(database, owner, { limit: 1, leaseMs });
      if (!claimed) throw new Error("no workflow is due");
      return claimed;
    },
    async [Symbol.asyncDispose]() {
      await changes.stop();
      await database.end();
    },
  };
}
