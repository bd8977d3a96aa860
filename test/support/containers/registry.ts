import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePorts, Server } from "../control-plane/process.ts";
import { cleanEnv } from "../processes.ts";
import { installPrograms } from "./install.ts";

/** Debian's docker-registry (CNCF Distribution) on loopback, empty at first. */
export interface TestRegistry {
  /** 127.0.0.1 and its port. */
  readonly host: string;
  /** What it was asked since the last call, as `PUT /v2/…`, in order. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

/** @throws when docker-registry is missing and cannot be installed, or does not start */
export async function startRegistry(): Promise<TestRegistry> {
  await installPrograms();
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  const [port = 0] = await freePorts(1);
  const host = `127.0.0.1:${port}`;
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
  };
  writeFileSync(join(folder, "config.yml"), stringify(config));
  let pending = "";
  const asked: string[] = [];
  const onOutput = (text: string) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const [, request] = /"([A-Z]+ \/v2\/\S*) HTTP\/1\.1"/.exec(line) ?? [];
      if (request) asked.push(request);
    }
  };
  const options = { env: cleanEnv(), onOutput };
  const server = new Server(
    "docker-registry",
    "docker-registry",
    ["serve", join(folder, "config.yml")],
    folder,
    options,
  );
  await server.ready(async () => (await fetch(`http://${host}/v2/`)).ok);
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { host, requests: () => asked.splice(0), stop };
}
