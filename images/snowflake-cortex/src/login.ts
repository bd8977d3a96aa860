import { within } from "@agentorchestrator/shared";
import type { Account } from "./account.ts";
import { type Connection, createConnection, type Sockets, socketsFor } from "./driver.ts";
import { loginError } from "./failures.ts";
import type { KeyPair } from "./key.ts";

export interface LoginOptions {
  readonly account: Account;
  readonly user: string;
  /** What is not named is as the user's defaults say in Snowflake. */
  readonly role?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly loginTimeoutMs: number;
}

/** How often the driver tells Snowflake that a session is still wanted; Snowflake's least. */
const KEEP_ALIVE_SECONDS = 900;
/** A statement that runs is answered "in progress" after 45 s at the latest. */
const REQUEST_MS = 90_000;

/**
 * A connection that is logged in, with the sockets that it talks over.
 *
 * @throws AgentError SnowflakeAuthentication or SnowflakeUnavailable
 */
export async function logIn(
  options: LoginOptions,
  pair: KeyPair,
): Promise<{ connection: Connection; sockets: Sockets }> {
  const { account, user, role, warehouse, database, schema } = options;
  const sockets = socketsFor(account.url);
  const connection = createConnection(
    {
      account: account.identifier,
      accessUrl: account.url,
      username: user,
      authenticator: "SNOWFLAKE_JWT",
      privateKey: pair.pem,
      ...(role !== undefined && { role }),
      ...(warehouse !== undefined && { warehouse }),
      ...(database !== undefined && { database }),
      ...(schema !== undefined && { schema }),
      application: "AgentOrchestrator",
      clientSessionKeepAlive: true,
      clientSessionKeepAliveHeartbeatFrequency: KEEP_ALIVE_SECONDS,
      jsTreatIntegerAsBigInt: true,
      representNullAsStringNull: false,
      sfRetryMaxLoginRetries: 1,
      resultPrefetch: 2,
      timeout: REQUEST_MS,
    },
    sockets,
  );
  const done = Promise.withResolvers<void>();
  connection.connect((error) => (error ? done.reject(error) : done.resolve()));
  try {
    await within(options.loginTimeoutMs, done.promise, "no answer to the login");
    return { connection, sockets };
  } catch (error) {
    sockets.shut();
    const { fingerprint } = pair;
    throw loginError(error, { user, role, account: account.identifier, url: account.url, fingerprint });
  }
}
