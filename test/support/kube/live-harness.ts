import { join } from "node:path";
import { KubeHttp } from "../../../src/kube/http.ts";
import { KubeStore } from "../../../src/kube/kube-store.ts";
import { allObjectsPath, apiVersion, kind, objectPath } from "../../../src/kube/resource.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { kubectl } from "../control-plane/kubectl.ts";
import { type Harness, namespace, type Spec, type Status } from "../object-store-contract.ts";
import { looseDefinition } from "./loose-definition.ts";

export interface LiveHarness extends Harness {
  readonly controlPlane: ControlPlane;
  readonly admin: KubeHttp;
  /** Errors that stores told beside their promises. */
  readonly errors: unknown[];
}

/**
 * A control plane with a definition of the resource that takes any spec and status, the rights of manifests/rbac, and the
 * namespaces of the contract. Stores act as the operator's service account.
 */
export async function startLiveHarness(): Promise<LiveHarness> {
  const controlPlane = await startControlPlane();
  const admin = KubeHttp.fromKubeconfig(controlPlane.adminKubeconfig);
  const apply = (input: unknown) => kubectl(controlPlane.adminKubeconfig, ["apply", "-f", "-"], JSON.stringify(input));
  await apply(looseDefinition);
  for (const name of ["agentorchestrator-system", namespace, "closed"]) {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  const rights = join(import.meta.dirname, "../../../manifests/rbac");
  await kubectl(controlPlane.adminKubeconfig, ["apply", "-k", rights]);
  const binding = ["create", "rolebinding", "agentorchestrator-secret-reader", "-n", namespace];
  const to = [
    "--clusterrole=agentorchestrator-secret-reader",
    "--serviceaccount=agentorchestrator-system:agentorchestrator",
  ];
  await kubectl(controlPlane.adminKubeconfig, [...binding, ...to]);
  const definition = `crd/${looseDefinition.metadata.name}`;
  await kubectl(controlPlane.adminKubeconfig, ["wait", "--for=condition=Established", definition, "--timeout=30s"]);
  const operator = KubeHttp.fromKubeconfig(
    await controlPlane.kubeconfigFor("agentorchestrator", "agentorchestrator-system"),
  );
  const errors: unknown[] = [];

  const path = (name: string) => objectPath({ namespace, name });
  const merge = (name: string, body: unknown) =>
    admin.request("PATCH", path(name), { body, contentType: "application/merge-patch+json" });
  return {
    controlPlane,
    admin,
    errors,
    store: () => new KubeStore<Spec, Status>(operator, (error) => errors.push(error)),
    create: async (name, spec) => {
      const body = { apiVersion, kind, metadata: { namespace, name }, spec };
      await admin.request(
        "POST",
        allObjectsPath.replace("agentorchestrators", `namespaces/${namespace}/agentorchestrators`),
        { body },
      );
    },
    edit: async (name, spec) => void (await merge(name, { spec })),
    annotate: async (name, annotations) => void (await merge(name, { metadata: { annotations } })),
    remove: async (name) => void (await admin.request("DELETE", path(name))),
    putSecret: async (name, stringData) => {
      const secrets = `/api/v1/namespaces/${namespace}/secrets`;
      const body = { apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, stringData };
      const old = (
        await kubectl(controlPlane.adminKubeconfig, ["get", "secret", "-n", namespace, "-o", "name"])
      ).includes(name);
      await (old ? admin.request("PUT", `${secrets}/${name}`, { body }) : admin.request("POST", secrets, { body }));
    },
    eventCounts: async (name) => {
      const query = { fieldSelector: `regarding.name=${name}` };
      const events = await admin.request("GET", `/apis/events.k8s.io/v1/namespaces/${namespace}/events`, { query });
      const { items } = events as { items: { reason: string; series?: { count: number } }[] };
      return Object.fromEntries(items.map(({ reason, series }) => [reason, series?.count ?? 1]));
    },
    stop: () => controlPlane.stop(),
  };
}
