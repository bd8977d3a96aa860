import { homedir } from "node:os";
import { join } from "node:path";

/** Release of kube-apiserver and kubectl under test: https://kubernetes.io/releases/. modules/kubernetes/go.mod pins the same. */
export const kubernetesVersion = "1.36.3";

/** Release of etcd, the newest patch of the minor that Kubernetes 1.36 is tested with. modules/etcd/go.mod pins the same. */
export const etcdVersion = "3.6.16";

/** Where built binaries of exactly these versions are kept, outside the tree, so that every clone shares one build. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(base, "agentorchestrator", "control-plane", `kubernetes-${kubernetesVersion}-etcd-${etcdVersion}`);
}
