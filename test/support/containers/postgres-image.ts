import { createHash } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Buildah, defaultStore } from "../../../scripts/buildah.ts";
import { bootstrap, unpackPackages } from "../../../scripts/debian.ts";
import { run } from "../../../scripts/run.ts";
import { hostArch } from "../../../scripts/stand-ins.ts";
import { withLock } from "../control-plane/lock.ts";

/** The server, its client, and the libraries that Debian's smallest system lacks. */
const PACKAGES = [
  "postgresql-15",
  "postgresql-client-15",
  "libpq5",
  "libgssapi-krb5-2",
  "libicu72",
  "libk5crypto3",
  "libkeyutils1",
  "libkrb5-3",
  "libkrb5support0",
  "libldap-2.5-0",
  "libreadline8",
  "libsasl2-2",
  "libssl3",
  "libxml2",
  "tzdata",
];

/** What the image `postgres` documents of its environment (hub.docker.com/_/postgres), as far as an emulator's RDS uses it. */
const ENTRYPOINT = `#!/bin/sh
set -eu
if [ "\${1:-}" != postgres ]; then exec "$@"; fi
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown postgres:postgres "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "\${POSTGRES_PASSWORD:?has to be set}" "\${POSTGRES_USER:=postgres}"
  : "\${POSTGRES_DB:=$POSTGRES_USER}"
  umask 077
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
  initdb --username "$POSTGRES_USER" --pwfile /tmp/password --auth-host scram-sha-256 --auth-local trust \\
    --encoding UTF8 --locale C.UTF-8
  rm /tmp/password
  printf "listen_addresses = '*'\\n" >> "$PGDATA/postgresql.conf"
  printf 'host all all all scram-sha-256\\n' >> "$PGDATA/pg_hba.conf"
  if [ "$POSTGRES_DB" != postgres ]; then
    pg_ctl --wait --options "-c listen_addresses=''" start
    createdb --username "$POSTGRES_USER" --maintenance-db postgres "$POSTGRES_DB"
    pg_ctl --wait --mode fast stop
  fi
fi
exec "$@"
`;

const IMAGE = "docker.io/library/postgres:15-alpine";

/**
 * An archive for `podman load` of the image that MiniStack's RDS asks for, `postgres:15-alpine`: here Debian with its
 * PostgreSQL 15, made once and kept beside the other stand-ins.
 *
 * @returns the archive's path
 * @throws CommandError when debootstrap or apt-get fails
 */
export async function postgresArchive(store = defaultStore()): Promise<string> {
  const inputs = JSON.stringify([PACKAGES, ENTRYPOINT, hostArch]);
  const archive = join(store, `postgres-15-${createHash("sha256").update(inputs).digest("hex").slice(0, 12)}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(store, { recursive: true });
  const told = (pid: number) =>
    process.stderr.write(`waiting for process ${pid}, which makes the image of PostgreSQL\n`);
  await withLock(`${archive}.lock`, () => make(store, archive), told);
  return archive;
}

async function make(store: string, archive: string): Promise<void> {
  if (existsSync(archive)) return;
  process.stderr.write("making the image of PostgreSQL from Debian's packages, once\n");
  const debian = join(store, "debian");
  const files = join(store, `postgres-files-${process.pid}`);
  const unpacked = join(store, `postgres-unpacked-${process.pid}`);
  const container = `postgres-${process.pid}`;
  const buildah = new Buildah(store);
  try {
    await bootstrap(debian);
    mkdirSync(files);
    mkdirSync(unpacked);
    await unpackPackages(hostArch, PACKAGES, join(store, "postgres-packages"), unpacked);
    // Debian's /lib is a link to /usr/lib, which packages that still say /lib would replace.
    if (existsSync(join(unpacked, "lib"))) await run("cp", ["-a", join(unpacked, "lib"), join(unpacked, "usr")]);
    rmSync(join(unpacked, "lib"), { recursive: true, force: true });
    await run("cp", ["-a", `${debian}/.`, `${unpacked}/.`, files]);
    for (const unneeded of ["usr/share/doc", "usr/share/man", "var/cache/apt", "var/lib/apt/lists"])
      rmSync(join(files, unneeded), { recursive: true, force: true });
    appendFileSync(join(files, "etc/passwd"), "postgres:x:999:999::/var/lib/postgresql:/bin/sh\n");
    appendFileSync(join(files, "etc/group"), "postgres:x:999:\n");
    const entrypoint = join(files, "usr/local/bin/docker-entrypoint.sh");
    writeFileSync(entrypoint, ENTRYPOINT);
    chmodSync(entrypoint, 0o755);
    await buildah.run(["from", "--name", container, "scratch"]);
    await buildah.run(["copy", "--quiet", container, files, "/"]);
    const path = "PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const env = ["--env", path, "--env", "PGDATA=/var/lib/postgresql/data", "--env", "LANG=C.UTF-8"];
    const start = ["--entrypoint", '["docker-entrypoint.sh"]', "--cmd", "postgres", "--port", "5432"];
    await buildah.run(["config", ...env, ...start, "--stop-signal", "SIGINT", container]);
    await buildah.run(["commit", "--quiet", "--rm", "--timestamp", "0", container, IMAGE]);
    const partial = `${archive}.${process.pid}`;
    await buildah.run(["push", "--quiet", IMAGE, `docker-archive:${partial}:${IMAGE}`]);
    await buildah.run(["rmi", IMAGE]);
    renameSync(partial, archive);
  } finally {
    for (const folder of [files, unpacked]) rmSync(folder, { recursive: true, force: true });
  }
}
