import { access } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasStatus } from "../../../src/kube/errors.ts";
import { KubeHttp } from "../../../src/kube/http.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { kubectl } from "./kubectl.ts";
import { kubernetesVersion } from "./versions.ts";

let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane();
});
afterAll(() => controlPlane.stop());

test("kubectl can read the version of the server", async () => {
  const answer = JSON.parse(await kubectl(controlPlane.adminKubeconfig, ["version", "-o", "json"]));
  expect(answer.serverVersion.gitVersion).toBe(`v${kubernetesVersion}`);
});

test("a service account has the rights that RBAC gives it and no more", async () => {
  await kubectl(controlPlane.adminKubeconfig, ["create", "serviceaccount", "reader"]);
  const binding = ["create", "rolebinding", "reader", "--clusterrole=view", "--serviceaccount=default:reader"];
  await kubectl(controlPlane.adminKubeconfig, binding);
  const http = KubeHttp.fromKubeconfig(await controlPlane.kubeconfigFor("reader", "default"));
  const review = async (verb: string) => {
    const body = { spec: { resourceAttributes: { namespace: "default", verb, resource: "configmaps" } } };
    const answer = await http.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { body });
    return (answer as { status: { allowed: boolean } }).status.allowed;
  };
  expect(await review("delete")).toBe(false);
  const refused = await http.request("GET", "/api/v1/nodes").catch((error: unknown) => error);
  expect(hasStatus(refused, 403)).toBe(true);
});

test("objects survive a crash of the API server", async () => {
  await kubectl(controlPlane.adminKubeconfig, ["create", "configmap", "kept"]);
  await controlPlane.kill();
  await expect(KubeHttp.fromKubeconfig(controlPlane.adminKubeconfig).request("GET", "/version")).rejects.toThrow();
  await controlPlane.restart();
  expect(await kubectl(controlPlane.adminKubeconfig, ["get", "configmap", "kept", "-o", "name"])).toBe(
    "configmap/kept\n",
  );
});

test("stop ends the server and removes its files", async () => {
  const other = await startControlPlane();
  await other.stop();
  await expect(access(other.adminKubeconfig)).rejects.toThrow();
  await expect(fetch(`${other.url}/version`)).rejects.toThrow();
});
