import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "./registry.ts";

/**
 * What `docker login` or `podman login` kept for the registry; undefined when neither did. Docker's credential helpers
 * are not asked.
 */
export function keptCredentials(host: string, env: NodeJS.ProcessEnv = process.env): Credentials | undefined {
  const files = [
    env.REGISTRY_AUTH_FILE,
    env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, "containers/auth.json"),
    join(env.DOCKER_CONFIG || join(homedir(), ".docker"), "config.json"),
  ];
  for (const file of files) {
    const auth = file && authIn(file, host);
    if (!auth) continue;
    const decoded = Buffer.from(auth, "base64").toString();
    const colon = decoded.indexOf(":");
    return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  return undefined;
}

function authIn(file: string, host: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { auths = {} }: { auths?: Record<string, { auth?: string }> } = JSON.parse(text);
  return auths[host]?.auth ?? auths[`https://${host}`]?.auth;
}
