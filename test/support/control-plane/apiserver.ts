import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { stringify } from "yaml";
import { Server } from "./process.ts";

/** Files and addresses that stay the same while the API server comes and goes. */
export interface Site {
  readonly folder: string;
  readonly port: number;
  readonly etcdUrl: string;
  readonly adminToken: string;
}

/** Writes what a kube-apiserver reads at start: the key that signs service account tokens, and the administrator's token. */
export async function prepare(folder: string, port: number, etcdUrl: string): Promise<Site> {
  await mkdir(join(folder, "certificates"), { recursive: true });
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeSecret(join(folder, "service-account.key"), privateKey.export({ type: "sec1", format: "pem" }).toString());
  const adminToken = randomBytes(24).toString("hex");
  await writeSecret(join(folder, "tokens.csv"), `${adminToken},admin,admin,system:masters\n`);
  return { folder, port, etcdUrl, adminToken };
}

/**
 * A kube-apiserver that listens on 127.0.0.1 alone, authorizes by RBAC and signs service account tokens. It makes its own
 * certificate on first start and keeps it. Flags: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export function launch(binary: string, site: Site): Server {
  const key = join(site.folder, "service-account.key");
  return new Server("kube-apiserver", binary, [
    `--etcd-servers=${site.etcdUrl}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${site.port}`,
    `--cert-dir=${join(site.folder, "certificates")}`,
    `--token-auth-file=${join(site.folder, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${key}`,
    `--service-account-key-file=${key}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // An Endpoints object may not name a loopback address, and nothing here resolves kubernetes.default.
    "--endpoint-reconciler-type=none",
    "--profiling=false",
    "--v=0",
  ]);
}

/** Certificates that a client of the site trusts. It exists once the server has started for the first time. */
export function certificateAuthority(site: Site): Promise<string> {
  return readFile(join(site.folder, "certificates", "apiserver.crt"), "utf8");
}

/** Writes a kubeconfig readable by its owner alone and returns its path. */
export async function writeKubeconfig(
  path: string,
  cluster: { url: string; ca: string },
  user: { name: string; token: string },
): Promise<string> {
  const certificate = Buffer.from(cluster.ca).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster: { server: cluster.url, "certificate-authority-data": certificate } }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: "local", context: { cluster: "local", user: user.name } }],
    "current-context": "local",
  };
  await writeSecret(path, stringify(config));
  return path;
}

/**
 * Whether the server has finished its start: it says so, and it answers an unknown path with 404. Until all paths are
 * installed it answers 503 to paths that it does not know yet, custom resources among them.
 */
export async function isReady(site: Site, ca: string): Promise<boolean> {
  const statuses = await Promise.all([statusOf(site, ca, "/readyz"), statusOf(site, ca, "/apis/unknown.invalid/v1")]);
  return statuses[0] === 200 && statuses[1] === 404;
}

function statusOf(site: Site, ca: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${site.adminToken}` };
    const options = { host: "127.0.0.1", port: site.port, path, ca, headers, timeout: 2_000, agent: false };
    const sent = request(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("timeout", () => sent.destroy(new Error("timeout")));
    sent.once("error", reject);
    sent.end();
  });
}

async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
