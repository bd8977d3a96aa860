import { generateKeyPairSync } from "node:crypto";
import { fileURLToPath } from "node:url";
import { freePorts, Server } from "../control-plane/process.ts";
import { installed } from "../emulators/install.ts";
import { cleanEnv } from "../processes.ts";

/** https://pypi.org/project/fakesnow/ in an environment of its own; server.py is what runs in it. */
const fakesnow = {
  name: "fakesnow",
  version: "0.12.1",
  requirements: new URL("requirements.txt", import.meta.url),
  program: "python",
  args: (port: number) => [fileURLToPath(new URL("server.py", import.meta.url)), String(port)],
  env: () => ({}),
  health: "/_log",
  reset: "/_control",
  accountByKey: false,
};

/** What was asked of the stand-in, in order. */
export interface Asked {
  readonly kind: "login" | "logout" | "statement" | "result" | "file" | "abort" | "complete" | "rest" | "gone";
  readonly [field: string]: unknown;
}

/** A row of SHOW GRANTS: privilege, object type, object, and "true" where it may be granted on. */
export type GrantRow = readonly [string, string, string, string?];

export interface Change {
  /** User → its public keys in PEM, its roles, and whether it may log in. */
  readonly users?: Record<string, { keys: string[]; roles: string[]; state?: "active" | "disabled" | "locked" }>;
  /** User → its roles. */
  readonly roles?: Record<string, readonly string[]>;
  /** "ROLE READER" → its grants. */
  readonly grants?: Record<string, readonly GrantRow[]>;
  /** Whole results for statements that contain `match`, cells in the form of Snowflake's wire. */
  readonly results?: readonly {
    match: string;
    columns: readonly { name: string; type: string; more?: { precision?: number; scale?: number } }[];
    rows: readonly (readonly (string | null)[])[];
  }[];
  /** Answers of models, in order; when they are used up the last message is repeated. */
  readonly completions?: readonly string[];
  /** Of the REST services `analyst` and `search`, instead of their own. */
  readonly answers?: Record<string, unknown>;
  /** What statements (by a pattern) answer next; the pattern `login` is for logins, a path for REST calls. */
  readonly faults?: readonly {
    match: string;
    code: string;
    state?: string;
    message?: string;
    times?: number;
    status?: number;
    /** Seconds that a REST call takes, instead of a failure. */
    delay?: number;
  }[];
  /** Seconds after which a running statement is answered "in progress". */
  readonly hold?: number;
  /** Rows in the answer, and in each file of a larger result. */
  readonly rows_a_file?: number;
  readonly log?: readonly [];
}

/** Snowflake's stand-in on 127.0.0.1: account TESTORG-TEST, user AGENT with the role READER and one key. */
export interface Snowflake {
  readonly url: string;
  /** Private key of AGENT, PKCS #8 in PEM. */
  readonly privateKey: string;
  change(change: Change): Promise<void>;
  asked(kind?: Asked["kind"]): Promise<Asked[]>;
  /** Sessions that are logged in. */
  sessions(): Promise<number>;
  stop(): Promise<void>;
}

/** A key pair as `openssl genrsa 2048` makes one. */
export function keyPair(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

/** What a role that reads has. */
export const readerGrants: Record<string, readonly GrantRow[]> = {
  "ROLE READER": [
    ["USAGE", "WAREHOUSE", "WH"],
    ["USAGE", "DATABASE", "DB1"],
    ["USAGE", "SCHEMA", "DB1.PUBLIC"],
    ["SELECT", "TABLE", "DB1.PUBLIC.ORDERS"],
    ["USAGE", "DATABASE_ROLE", "SNOWFLAKE.CORTEX_USER"],
  ],
};

/** Installs fakesnow where it is missing, starts the stand-in on a free port, and returns once it serves. */
export async function startSnowflake(): Promise<Snowflake> {
  const python = await installed(fakesnow);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = new Server("snowflake", python, fakesnow.args(port), undefined, {
    env: cleanEnv({ PYTHONDONTWRITEBYTECODE: "1" }),
  });
  await server.ready(async () => (await fetch(`${url}/_log`)).ok);
  const log = async () => (await (await fetch(`${url}/_log`)).json()) as { log: Asked[]; sessions: number };
  const { publicKey, privateKey } = keyPair();
  const snowflake: Snowflake = {
    url,
    privateKey,
    async change(change) {
      const answer = await fetch(`${url}/_control`, { method: "POST", body: JSON.stringify(change) });
      if (!answer.ok) throw new Error(`the stand-in did not take ${Object.keys(change)}: ${await answer.text()}`);
    },
    asked: async (kind) => (await log()).log.filter((asked) => kind === undefined || asked.kind === kind),
    sessions: async () => (await log()).sessions,
    stop: () => server.stop(),
  };
  await snowflake.change({ users: { AGENT: { keys: [publicKey], roles: ["READER"] } }, grants: readerGrants });
  return snowflake;
}
