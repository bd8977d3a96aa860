import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { KubeHttp } from "../../../src/kube/http.ts";
import { certificateAuthority, isReady, launch, prepare, type Site, writeKubeconfig } from "./apiserver.ts";
import { findOrBuild } from "./binaries.ts";
import { compactEtcd, etcdIsReady, etcdUrl, launchEtcd } from "./etcd.ts";
import { freePorts, type Server } from "./process.ts";
import { serviceAccountToken } from "./service-account.ts";

/** A real Kubernetes API server, with etcd behind it and RBAC on, and nothing else: no controllers, scheduler or nodes. */
export interface ControlPlane {
  readonly url: string;
  /** PEM of the certificates to trust. */
  readonly ca: string;
  /** Path of a kubeconfig that may do everything (system:masters). */
  readonly adminKubeconfig: string;
  /** Path of a kubeconfig that acts as the service account, which must exist, with the rights RBAC gives it, for 24 hours. */
  kubeconfigFor(serviceAccount: string, namespace: string): Promise<string>;
  /** Ends everything and removes its files. A second call does nothing. */
  stop(): Promise<void>;
  /** Ends the API server as a crash does; etcd stays. */
  kill(): Promise<void>;
  /** Starts the API server again on the same port with the same certificate, ending it first if it runs; returns when ready. */
  restart(): Promise<void>;
  /** Makes the API server silent: connections stay open and nothing is answered. */
  pause(): void;
  /** Ends {@link pause}. */
  resume(): void;
  /** Drops the history in etcd. An API server that starts afterwards answers older watches with 410 Gone. */
  compact(): Promise<void>;
}

/**
 * Serves a control plane in a few seconds on free ports of 127.0.0.1, building its programs first when the machine has none
 * (see binaries.ts). It ends with this process, however that ends. With $AGENTORCH_KUBECONFIG set, that cluster is used, left
 * as it is by stop, and cannot be killed, paused or compacted.
 */
export async function startControlPlane(log: (line: string) => void = console.error): Promise<ControlPlane> {
  const named = process.env.AGENTORCH_KUBECONFIG;
  if (named !== undefined && named !== "") return useCluster(named);
  const etcdBinary = await findOrBuild("etcd", log);
  const apiserverBinary = await findOrBuild("kube-apiserver", log);
  const folder = await mkdtemp(join(tmpdir(), "control-plane-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeFolder);
  const servers = await bringUp(etcdBinary, apiserverBinary, folder).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const { etcd, site, admin, url, ca } = servers;
  let { apiserver } = servers;
  let stopped: Promise<void> | undefined;
  return {
    url,
    ca,
    adminKubeconfig: admin,
    kubeconfigFor: (serviceAccount, namespace) => kubeconfigFor(admin, folder, { url, ca }, serviceAccount, namespace),
    stop: () => {
      stopped ??= (async () => {
        await apiserver.stop();
        await etcd.stop();
        process.removeListener("exit", removeFolder);
        await rm(folder, { recursive: true, force: true });
      })();
      return stopped;
    },
    kill: () => apiserver.kill(),
    restart: async () => {
      await apiserver.kill();
      apiserver = launch(apiserverBinary, site);
      await apiserver.ready(() => isReady(site, ca));
    },
    pause: () => apiserver.signal("SIGSTOP"),
    resume: () => apiserver.signal("SIGCONT"),
    compact: () => compactEtcd(site.etcdUrl),
  };
}

interface Running {
  readonly etcd: Server;
  readonly apiserver: Server;
  readonly site: Site;
  readonly url: string;
  readonly ca: string;
  readonly admin: string;
}

async function bringUp(etcdBinary: string, apiserverBinary: string, folder: string): Promise<Running> {
  const [port = 0, clientPort = 0, peerPort = 0] = await freePorts(3);
  const etcd = launchEtcd(etcdBinary, folder, clientPort, peerPort);
  let apiserver: Server | undefined;
  try {
    const site = await prepare(folder, port, etcdUrl(clientPort));
    await etcd.ready(() => etcdIsReady(site.etcdUrl));
    apiserver = launch(apiserverBinary, site);
    const url = `https://127.0.0.1:${port}`;
    await apiserver.ready(async () => (await certificateAuthority(site)) !== "");
    const ca = await certificateAuthority(site);
    const user = { name: "admin", token: site.adminToken };
    const admin = await writeKubeconfig(join(folder, "admin.kubeconfig"), { url, ca }, user);
    await apiserver.ready(() => isReady(site, ca));
    return { etcd, apiserver, site, url, ca, admin };
  } catch (error) {
    await apiserver?.kill();
    await etcd.kill();
    throw error;
  }
}

async function useCluster(path: string): Promise<ControlPlane> {
  const config = new KubeConfig();
  config.loadFromFile(path);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${path} has no current context with a cluster`);
  const ca = cluster.caData
    ? Buffer.from(cluster.caData, "base64").toString()
    : await readFile(cluster.caFile ?? "", "utf8").catch(() => "");
  const folder = await mkdtemp(join(tmpdir(), "control-plane-"));
  const refuse = () => {
    throw new Error("This is the cluster of $AGENTORCH_KUBECONFIG: a test may not break it");
  };
  return {
    url: cluster.server,
    ca,
    adminKubeconfig: path,
    kubeconfigFor: (serviceAccount, namespace) =>
      kubeconfigFor(path, folder, { url: cluster.server, ca }, serviceAccount, namespace),
    stop: () => rm(folder, { recursive: true, force: true }),
    kill: async () => refuse(),
    restart: async () => refuse(),
    pause: refuse,
    resume: refuse,
    compact: async () => refuse(),
  };
}

async function kubeconfigFor(
  admin: string,
  folder: string,
  cluster: { url: string; ca: string },
  serviceAccount: string,
  namespace: string,
): Promise<string> {
  const token = await serviceAccountToken(KubeHttp.fromKubeconfig(admin), serviceAccount, namespace);
  const path = join(folder, `${namespace}.${serviceAccount}.kubeconfig`);
  return writeKubeconfig(path, cluster, { name: `${namespace}:${serviceAccount}`, token });
}
