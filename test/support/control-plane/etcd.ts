import { join } from "node:path";
import { Server } from "./process.ts";

/** An etcd of one member without fsync: nothing here has to survive the machine. */
export function launchEtcd(binary: string, folder: string, clientPort: number, peerPort: number): Server {
  const client = etcdUrl(clientPort);
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
    "--log-level=error",
  ];
  return new Server("etcd", binary, args, folder);
}

export function etcdUrl(clientPort: number): string {
  return `http://127.0.0.1:${clientPort}`;
}

export async function etcdIsReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
  return response.ok;
}

/** Forgets every revision but the last, as the API server asks for every five minutes: older watches cannot go on. */
export async function compactEtcd(url: string): Promise<void> {
  const post = async (path: string, body: unknown): Promise<{ header: { revision: string } }> => {
    const response = await fetch(`${url}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { header: { revision: string } };
  };
  const { header } = await post("range", { key: Buffer.from("/").toString("base64"), count_only: true });
  await post("compaction", { revision: header.revision, physical: true });
}
