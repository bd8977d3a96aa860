import { AgentError, type Logger } from "@agentorchestrator/shared";
import { z } from "zod";
import { administers, describeGrant, type Grant, onlyReads } from "./grants.ts";
import type { SessionPool } from "./pool.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import type { Value } from "./values.ts";

/** SHOW commands answer at most this many rows, and do not say that there are more. */
const SHOW_LIMIT = 10_000;
/** Grants that a message names. */
const NAMED = 10;
/** A verdict holds for this many intervals when the grants cannot be read again. */
const VALID_INTERVALS = 3;

type Kind = "ROLE" | "DATABASE ROLE" | "APPLICATION ROLE";
interface Role {
  readonly kind: Kind;
  /** As an identifier, quoted where it has to be. */
  readonly name: string;
}

/** Database roles of Snowflake's own database that only let look or use functions; their grants are not for all to see. */
const isKnown = ({ kind, name }: Role): boolean =>
  kind === "DATABASE ROLE" && /^SNOWFLAKE\.[A-Z_]+_(VIEWER|USER)$/.test(name);

/**
 * Every grant that is in the user's reach: of the session's role, of the user's other roles (a procedure within a
 * statement could switch to them), of PUBLIC, which every role has too, and of all roles that were granted to these.
 *
 * @throws AgentError when they cannot be read whole: grants that are not seen are not taken for harmless
 */
export async function readGrants(session: Session, signal?: AbortSignal): Promise<{ role: string; grants: Grant[] }> {
  const ask = { ...(signal && { signal }) };
  const sql = "SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES(), CURRENT_AVAILABLE_ROLES()";
  const [role, secondary, available] = await firstRow(await session.run({ sql, ...ask }));
  if (typeof role !== "string" || role === "") throw unreadable("the session has no role");
  if (secondaryRoles.safeParse(json(secondary)).data?.roles !== "") {
    throw unreadable("secondary roles could not be turned off");
  }
  const others = availableRoles.safeParse(json(available)).data;
  if (!others) throw unreadable("Snowflake does not tell the user's roles");
  const grants: Grant[] = [];
  const roles = [...new Set([role, "PUBLIC", ...others])].map(
    (name): Role => ({ kind: "ROLE", name: identifier(name) }),
  );
  const seen = new Set(roles.map(key));
  for (const next of roles) {
    for (const grant of await grantsTo(session, next, ask)) {
      grants.push(grant);
      const inherited = roleOf(grant);
      if (!inherited || isKnown(inherited) || seen.has(key(inherited))) continue;
      seen.add(key(inherited));
      roles.push(inherited);
    }
  }
  return { role, grants };
}

async function firstRow(result: Result): Promise<Value[]> {
  for await (const row of result.rows(0, 1)) return row;
  return [];
}

const key = ({ kind, name }: Role): string => `${kind} ${name}`;

/** CURRENT_SECONDARY_ROLES() is {"roles":"","value":""} when there are none. */
const secondaryRoles = z.object({ roles: z.string() });
/** CURRENT_AVAILABLE_ROLES() is an array of all account roles of the user, with those that they inherit. */
const availableRoles = z.array(z.string());

function json(cell: unknown): unknown {
  try {
    return typeof cell === "string" ? JSON.parse(cell) : cell;
  } catch {
    return undefined;
  }
}

async function grantsTo(session: Session, role: Role, ask: { signal?: AbortSignal }): Promise<Grant[]> {
  const result = await session
    .run({ sql: `SHOW GRANTS TO ${role.kind} ${role.name}`, ...ask })
    .catch((error: unknown) => {
      if (!(error instanceof AgentError) || error.retryable) throw error;
      throw unreadable(`the grants of ${role.kind} ${role.name}, which the user has, cannot be read; revoke it`, error);
    });
  if (result.rowCount >= SHOW_LIMIT) {
    throw unreadable(`${role.name} has ${SHOW_LIMIT} grants or more, of which Snowflake shows no more`);
  }
  const columns = new Map(result.columns.map(({ name }, index) => [name.toLowerCase(), index]));
  const grants: Grant[] = [];
  for await (const row of result.rows(0, result.rowCount)) {
    const field = (name: string): string => {
      const index = columns.get(name);
      if (index === undefined) throw unreadable(`SHOW GRANTS has no column ${name}`);
      return String(row[index] ?? "");
    };
    grants.push({
      privilege: field("privilege"),
      grantedOn: field("granted_on"),
      name: field("name"),
      grantee: field("grantee_name") || role.name,
      grantOption: field("grant_option").toLowerCase() === "true",
    });
  }
  return grants;
}

function roleOf(grant: Grant): Role | undefined {
  const kind = grant.grantedOn.toUpperCase().replaceAll("_", " ");
  if (kind !== "ROLE" && kind !== "DATABASE ROLE" && kind !== "APPLICATION ROLE") return undefined;
  // Names that need quotes come with them.
  if (grant.name.includes('"')) return { kind, name: grant.name };
  const parts = kind === "ROLE" ? [grant.name] : grant.name.split(".");
  return { kind, name: parts.map(identifier).join(".") };
}

/** Quoted unless it is a plain one in upper case. */
function identifier(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function unreadable(why: string, cause?: unknown): AgentError {
  const message = `whether the role may only read cannot be told: ${why}`;
  return new AgentError("RoleUnverified", message, { status: 503, cause });
}

/** Whether the role may be used: it is read at start and again and again, as grants change behind our back. */
export class RoleGuard {
  readonly #pool: SessionPool;
  readonly #accepted: ReadonlySet<string>;
  readonly #intervalMs: number;
  readonly #log: Logger;
  readonly #stopped = new AbortController();
  #verdict: { readonly at: number; readonly refusal: AgentError | undefined } | undefined;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: SessionPool, accepted: ReadonlySet<string>, options: { intervalMs: number; log: Logger }) {
    this.#pool = pool;
    this.#accepted = accepted;
    this.#intervalMs = options.intervalMs;
    this.#log = options.log;
  }

  /** Begins to read, and reads again at each interval, or sooner as long as it cannot be read. */
  start(): void {
    const again = () => {
      if (this.#stopped.signal.aborted) return;
      const wait = this.#verdict ? this.#intervalMs : Math.min(5_000, this.#intervalMs);
      this.#timer = setTimeout(() => void this.#read().then(again, again), wait).unref();
    };
    void this.#read().then(again, again);
  }

  stop(): void {
    this.#stopped.abort(new Error("the agent is stopping"));
    clearTimeout(this.#timer);
  }

  /**
   * Returns when the role is known to read only. Waits for the first reading where there was none.
   *
   * @throws AgentError 503 RoleMayWrite with the grants by name; RoleUnverified, or what kept them from being read
   */
  async assertReads(): Promise<void> {
    const verdict = this.#verdict;
    if (verdict && performance.now() - verdict.at < VALID_INTERVALS * this.#intervalMs) {
      if (verdict.refusal) throw verdict.refusal;
      return;
    }
    await this.#read();
    if (this.#verdict?.refusal) throw this.#verdict.refusal;
  }

  /** Callers at once share one reading. */
  #read(): Promise<void> {
    this.#reading ??= this.#judge().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #judge(): Promise<void> {
    const signal = this.#stopped.signal;
    try {
      const { role, grants } = await this.#pool.use(signal, (session) => readGrants(session, signal));
      const refusal = refusalOf(role, grants, this.#accepted);
      const before = this.#verdict;
      this.#verdict = { at: performance.now(), refusal };
      if (refusal) this.#log.error({ err: refusal }, "the role is refused: no statement runs");
      else if (!before || before.refusal) this.#log.info({ role, grants: grants.length }, "the role only reads");
    } catch (error) {
      if (!signal.aborted) this.#log.warn({ err: error }, "the role's grants could not be read");
      throw error;
    }
  }
}

function refusalOf(role: string, grants: readonly Grant[], accepted: ReadonlySet<string>): AgentError | undefined {
  const bad = grants.filter((grant) => !onlyReads(grant, accepted)).map(describeGrant);
  if (administers(role)) bad.unshift(`everything (it is ${role})`);
  if (bad.length === 0) return undefined;
  const more = bad.length > NAMED ? `, and ${bad.length - NAMED} more` : "";
  const message = `role ${role} may do more than read, so nothing is run with it: revoke ${bad.slice(0, NAMED).join("; ")}${more}, or give the agent a role that only reads`;
  return new AgentError("RoleMayWrite", message, {
    status: 503,
    retryable: false,
    details: { grants: bad.slice(0, 100) },
  });
}
