import type { Wired } from "./ref.ts";

/** How agents reach the database. */
export interface DatabaseParts {
  readonly host: Wired<string>;
  readonly port: number;
  readonly name: string;
  /** ARN of a secret, JSON with username and password. */
  readonly secretArn: Wired<string>;
  /** libpq's name of how TLS is used. */
  readonly sslMode: "require" | "disable";
  /** Nodes without which nothing answers there. */
  readonly ready: readonly string[];
}

export const databaseName = "agents";
/** Not `admin`, `postgres` or `rdsadmin`, which RDS keeps. */
export const databaseUser = "agents";
