import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { freePorts, Server } from "./control-plane/process.ts";
import { cleanEnv } from "./processes.ts";

const run = promisify(execFile);

type Query = <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** A PostgreSQL server of its own, on 127.0.0.1, which asks for its password (SCRAM). */
export interface Postgres {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Its configuration file and data. */
  readonly folder: string;
  /** PEM of the certificate that the server shows, where it speaks TLS. */
  readonly certificate: string | undefined;
  /** Rows of a statement in `database`, by a connection of its own. */
  query: Query;
  /** The same in another database of the server. */
  open(database: string): { readonly query: Query };
  /** Makes an empty database beside the others and returns its url: one server serves many tests. */
  createDatabase(): Promise<{ readonly url: string; readonly database: string }>;
  /** Ends the server at once, as a crash does; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after kill() or while it runs. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL from this machine's installation with data in a temporary folder. It refuses to run as root: where tests
 * do, the user `postgres` or `nobody` runs it.
 *
 * @param options.tls with a certificate of its own making for 127.0.0.1 and localhost; needs the program openssl
 * @throws when PostgreSQL is not installed: the message says how to get it
 */
export async function startPostgres(options: { readonly tls?: boolean } = {}): Promise<Postgres> {
  const bin = await findPrograms();
  const as = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  const data = join(folder, "data");
  const [user, password, database] = ["langgraph", randomBytes(12).toString("base64url"), "langgraph"];
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password);
  if (as) await Promise.all([chown(folder, as.uid, as.gid), chown(passwordFile, as.uid, as.gid)]);
  const setup = [
    "-D",
    data,
    "-U",
    user,
    "-A",
    "scram-sha-256",
    "--pwfile",
    passwordFile,
    "-E",
    "UTF8",
    "--no-locale",
    "-N",
  ];
  await program(join(bin, "initdb"), setup, as);
  const certificate = options.tls ? await makeCertificate(data, as) : undefined;
  const [port = 0] = await freePorts(1);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    full_page_writes: "off",
    max_connections: "200",
    ssl: options.tls ? "on" : "off",
  };
  const args = [
    "-D",
    data,
    "-p",
    String(port),
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ];
  const urlOf = (name: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${name}`;
  const queryIn =
    (name: string): Query =>
    async (text, values = []) => {
      const client = new pg.Client({
        connectionString: urlOf(name),
        ssl: options.tls ? { rejectUnauthorized: false } : false,
      });
      await client.connect();
      try {
        return (await client.query(text, [...values])).rows;
      } finally {
        await client.end();
      }
    };
  const query = queryIn(database);
  const start = async () => {
    const [path, all] = asUser(join(bin, "postgres"), args, as);
    const server = new Server("PostgreSQL", path, all, folder, { env: cleanEnv() });
    await server.ready(
      async () => (await run(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)])) !== null,
    );
    return server;
  };
  let server = await start();
  await program(join(bin, "createdb"), ["-h", "127.0.0.1", "-p", String(port), "-U", user, database], undefined, {
    PGPASSWORD: password,
  });
  // Its immediate shutdown: no checkpoint, recovery at the next start. SIGKILL would end the postmaster and leave backends.
  const crash = async () => {
    server.signal("SIGQUIT");
    await server.exited;
  };
  let databases = 0;
  return {
    url: urlOf(database),
    host: "127.0.0.1",
    port,
    user,
    password,
    database,
    folder,
    certificate,
    query,
    open: (name) => ({ query: queryIn(name) }),
    async createDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await query(`create database ${name}`);
      return { url: urlOf(name), database: name };
    },
    kill: crash,
    async restart() {
      await crash();
      await rm(join(data, "postmaster.pid"), { force: true });
      server = await start();
    },
    async stop() {
      // SIGINT is its fast shutdown; on SIGTERM it waits for its clients.
      server.signal("SIGINT");
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Where the server's programs are: on PATH, or where Debian puts them; the newest of those. */
async function findPrograms(): Promise<string> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const debian = versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`);
  const folders = [...debian, ...(process.env.PATH ?? "").split(delimiter)];
  const found = folders.find((folder) =>
    ["initdb", "postgres", "createdb"].every((name) => existsSync(join(folder, name))),
  );
  if (found) return found;
  throw new Error(
    "these tests need a PostgreSQL server: install it (Debian: apt-get install postgresql) or put its bin on PATH",
  );
}

async function unprivileged(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const entry = ["postgres", "nobody"].map((name) => users.find((user) => user[0] === name)).find((user) => user);
  if (!entry)
    throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it");
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

/** The command as another user: setpriv replaces itself, so that its process id is the program's. */
function asUser(path: string, args: readonly string[], as: User | undefined): readonly [string, readonly string[]] {
  if (!as) return [path, args];
  return ["setpriv", [`--reuid=${as.uid}`, `--regid=${as.gid}`, "--clear-groups", path, ...args]];
}

async function program(path: string, args: readonly string[], as: User | undefined, env: NodeJS.ProcessEnv = {}) {
  const [command, all] = asUser(path, args, as);
  await run(command, [...all], { env: cleanEnv(env), cwd: tmpdir() });
}

async function makeCertificate(data: string, as: User | undefined): Promise<string> {
  const [key, file] = [join(data, "server.key"), join(data, "server.crt")];
  const kind = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
  ];
  const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  await run("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", file]);
  await chmod(key, 0o600);
  if (as) await Promise.all([key, file].map((path) => chown(path, as.uid, as.gid)));
  return readFile(file, "utf8");
}
