import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ControlPlane, startControlPlane } from "./control-plane/control-plane.ts";
import { kubectl } from "./control-plane/kubectl.ts";
import { bundleOperator } from "./processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SERVICE_ACCOUNT = { namespace: "agentorchestrator-system", name: "agentorchestrator" };

/** A cluster with the operator installed as a user does it, and the program that acts as its Deployment. */
export interface Installation {
  readonly control: ControlPlane;
  /** Kubeconfig of the service account of manifests/, with the rights that manifests/ gives it and no others. */
  readonly kubeconfig: string;
  /** The bundled operator: a copy of its own, so that another build meanwhile does not change what is restarted. */
  readonly program: string;
  stop(): Promise<void>;
}

/** A real API server, `kubectl apply -k manifests`, and the namespace `agents` with the Secrets of the reference case. */
export async function startInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "installation-"));
  const program = join(folder, "operator.js");
  const control = await startControlPlane();
  const stop = async (): Promise<void> => {
    await control.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await kubectl(control.adminKubeconfig, ["apply", "-k", join(root, "manifests")]);
    const namespace = await readFile(join(root, "demo/namespace.yaml"), "utf8");
    await kubectl(control.adminKubeconfig, ["apply", "-f", "-"], namespace);
    const established = ["wait", "--for=condition=Established", "crd/agentorchestrators.agentorchestrator.io"];
    await kubectl(control.adminKubeconfig, [...established, "--timeout=30s"]);
    await copyFile(await bundleOperator(), program);
    const kubeconfig = await control.kubeconfigFor(SERVICE_ACCOUNT.name, SERVICE_ACCOUNT.namespace);
    return { control, kubeconfig, program, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
