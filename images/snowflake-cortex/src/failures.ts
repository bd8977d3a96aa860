import { AgentError } from "@agentorchestrator/shared";

/** What is known of a failure of the driver. All of its fields are optional and of any type by its own declarations. */
export interface DriverFailure {
  readonly code: string;
  readonly message: string;
  readonly sqlState: string | undefined;
  readonly queryId: string | undefined;
  readonly httpStatus: number | undefined;
}

export function failureOf(error: unknown): DriverFailure {
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const data = (typeof fields.data === "object" && fields.data !== null ? fields.data : {}) as Record<string, unknown>;
  const response = (fields.response ?? {}) as Record<string, unknown>;
  const status = Number(response.statusCode ?? response.status);
  return {
    code: fields.code === undefined ? "" : String(fields.code).padStart(6, "0"),
    message: error instanceof Error ? error.message : String(error),
    sqlState: asText(fields.sqlState) ?? asText(data.sqlState),
    queryId: asText(data.queryId),
    httpStatus: Number.isInteger(status) ? status : undefined,
  };
}

const asText = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** What a login was tried with, for messages. */
export interface Login {
  readonly user: string;
  readonly account: string;
  readonly url: string;
  readonly role: string | undefined;
  readonly fingerprint: string;
}

/**
 * Codes of a refused login. Each begins with 390.
 * https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting
 */
export function loginError(error: unknown, login: Login): AgentError {
  const failure = failureOf(error);
  if (!failure.code.startsWith("390")) return connectionError(failure, login.url, error);
  const key = `ALTER USER ${login.user} SET RSA_PUBLIC_KEY (or RSA_PUBLIC_KEY_2) registers the public key of ${login.fingerprint}`;
  const remedies: Readonly<Record<string, string>> = {
    "390144": `the key pair does not fit the user, or the clock is wrong: ${key}`,
    "390100": `user or key are unknown: ${key}`,
    "390101": `an administrator disabled the user: ALTER USER ${login.user} SET DISABLED = FALSE`,
    "390102": `the user is locked for a while: wait, or ALTER USER ${login.user} SET MINS_TO_UNLOCK = 0`,
    "390189": `the role is not granted to the user: GRANT ROLE ${login.role ?? "…"} TO USER ${login.user}`,
    "390422": "a network policy refuses the address that this agent comes from",
    "390913": "the account is suspended",
  };
  const remedy = remedies[failure.code] ?? failure.message;
  const message = `Snowflake refused the login of ${login.user} with ${login.role === undefined ? "the default role" : `role ${login.role}`} at account ${login.account} (${failure.code}): ${remedy}`;
  return new AgentError("SnowflakeAuthentication", message, {
    status: 502,
    retryable: failure.code === "390102",
    details: { snowflakeCode: failure.code },
    cause: error,
  });
}

/** Whether another key might help: Snowflake knows the user and not the key. */
export function isKeyRefused(error: unknown): boolean {
  return ["390144", "390100"].includes(failureOf(error).code);
}

/** Nothing answers, or something that is not Snowflake. */
export function connectionError(failure: DriverFailure, url: string, cause: unknown): AgentError {
  const { httpStatus } = failure;
  if (httpStatus === 403 || httpStatus === 404) {
    const message = `${url} answers HTTP ${httpStatus}: there is no such account at this address; check account of the Secret, and network policies`;
    return new AgentError("SnowflakeAuthentication", message, { status: 502, retryable: false, cause });
  }
  const what = httpStatus === undefined ? `cannot be reached (${failure.message})` : `answers HTTP ${httpStatus}`;
  const message = `Snowflake at ${url} ${what}: check the agent's way out (NAT, egress rules), or wait`;
  return new AgentError("SnowflakeUnavailable", message, { status: 503, retryAfterSeconds: 5, cause });
}

/**
 * A statement that failed.
 *
 * @param context what was asked: its address, its time limit, and how long it took
 * https://docs.snowflake.com/en/user-guide/troubleshooting-query and SQLSTATE classes of ISO/IEC 9075
 */
export function statementError(
  error: unknown,
  context: { url: string; warehouse: string | undefined; timeoutSeconds: number; elapsedMs: number },
): AgentError {
  if (error instanceof AgentError) return error;
  const failure = failureOf(error);
  const { code, sqlState, queryId } = failure;
  const details = { snowflakeCode: code, ...(sqlState && { sqlState }), ...(queryId && { queryId }) };
  const fail = (name: string, status: number, message: string, retryable: boolean, retryAfterSeconds?: number) =>
    new AgentError(name, message, {
      status,
      retryable,
      details,
      cause: error,
      ...(retryAfterSeconds && { retryAfterSeconds }),
    });
  if (code.startsWith("402")) {
    const message =
      "the files of the result cannot be fetched from Snowflake's cloud storage: let the agent reach the hosts that SELECT SYSTEM$ALLOWLIST() names as STAGE";
    return fail("ResultUnavailable", 503, message, true, 5);
  }
  if (isConnectionLost(failure)) return connectionError(failure, context.url, error);
  const warehouse = context.warehouse === undefined ? "the default warehouse" : `warehouse ${context.warehouse}`;
  const text = firstLines(failure.message);
  const tooLong = code === "000630" || (code === "000604" && context.elapsedMs >= context.timeoutSeconds * 1_000);
  if (tooLong) {
    const message = `Snowflake ended the statement after its time limit of ${context.timeoutSeconds} s: ask for less, or raise timeoutSeconds`;
    return fail("StatementTimeout", 504, message, false);
  }
  if (code === "000604") return fail("StatementCancelled", 503, `somebody cancelled the statement: ${text}`, true, 1);
  if (/queued/i.test(text) && /timeout/i.test(text)) {
    const message = `the statement waited too long for ${warehouse}, which is busy: try again later, or give it more clusters`;
    return fail("WarehouseBusy", 503, message, true, 10);
  }
  if (isWarehouseGone(code, text)) {
    const message = `${warehouse} cannot run statements: ${text} Resume it (AUTO_RESUME = TRUE), grant USAGE on it to the role, or raise its resource monitor's quota`;
    return fail("WarehouseUnavailable", 503, message, code !== "090073", 30);
  }
  if (code === "003001" || sqlState === "42501") {
    return fail("SnowflakeForbidden", 403, `the role may not do that: ${text}`, false);
  }
  if (code.startsWith("390") || sqlState?.startsWith("08")) {
    return fail("SnowflakeUnavailable", 503, `the session ended: ${text} Try again`, true, 1);
  }
  // 090105, 090106: a name without database or schema, and the session has none.
  if (sqlState?.startsWith("42") || /^(00[12]|09010[56])/.test(code)) return fail("StatementInvalid", 400, text, false);
  if (sqlState?.startsWith("22") || code.startsWith("100")) return fail("StatementFailed", 422, text, false);
  return fail("SnowflakeError", 502, `Snowflake answers with ${code || "an unknown error"}: ${text}`, false);
}

/** Whether the session in which it happened can run nothing more: its token or it itself is gone, or the network. */
export function isSessionLost(failure: DriverFailure): boolean {
  return isConnectionLost(failure) || failure.code.startsWith("390");
}

/** Codes of the driver for a lost network or session: 401xxx to and from Snowflake, 402xxx result files, 407xxx session. */
export function isConnectionLost(failure: DriverFailure): boolean {
  return (
    /^(401|402|407)\d{3}$/.test(failure.code) || /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_|ERR_CANCELED)/.test(failure.code)
  );
}

/** 000606: none selected; 090073: over its quota; others by their words, as their codes are not documented. */
function isWarehouseGone(code: string, text: string): boolean {
  return (
    ["000606", "090073"].includes(code) ||
    /warehouse .*(suspended|cannot be resumed|does not exist|no active)/i.test(text)
  );
}

/** Snowflake's own words, cut: messages may quote the whole statement. */
function firstLines(message: string): string {
  const text = message.replaceAll(/\s*\n\s*/g, " ").trim();
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
