import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hasStatus } from "../../../src/kube/errors.ts";
import { KubeHttp } from "../../../src/kube/http.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { kubectl } from "./kubectl.ts";
import { kubernetesVersion } from "./versions.ts";

// What breaks a server, or depends on its version, is not for a cluster of the user's own.
const testOwn = test.skipIf(Boolean(process.env.AGENTORCH_KUBECONFIG));
let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane();
});
afterAll(() => controlPlane.stop());

testOwn("kubectl can read the version of the server", async () => {
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

testOwn("objects survive a crash of the API server", async () => {
  await kubectl(controlPlane.adminKubeconfig, ["create", "configmap", "kept"]);
  await controlPlane.kill();
  await expect(KubeHttp.fromKubeconfig(controlPlane.adminKubeconfig).request("GET", "/version")).rejects.toThrow();
  await controlPlane.restart();
  expect(await kubectl(controlPlane.adminKubeconfig, ["get", "configmap", "kept", "-o", "name"])).toBe(
    "configmap/kept\n",
  );
});

testOwn("stop ends the server and removes its files", async () => {
  const other = await startControlPlane();
  await other.stop();
  await expect(access(other.adminKubeconfig)).rejects.toThrow();
  await expect(fetch(`${other.url}/version`)).rejects.toThrow();
});

testOwn("a cluster that the user names is used and left as it is", async () => {
  process.env.AGENTORCH_KUBECONFIG = controlPlane.adminKubeconfig;
  const named = await startControlPlane().finally(() => {
    delete process.env.AGENTORCH_KUBECONFIG;
  });
  expect([named.url, named.ca, named.adminKubeconfig]).toEqual([
    controlPlane.url,
    controlPlane.ca,
    controlPlane.adminKubeconfig,
  ]);
  await expect(named.kill()).rejects.toThrow("AGENTORCH_KUBECONFIG");
  await named.stop();
  await kubectl(controlPlane.adminKubeconfig, ["get", "namespaces"]);
});

testOwn("the server ends with a process that is killed without warning", async () => {
  const script = `
    const { startControlPlane } = await import(${JSON.stringify(`${import.meta.dirname}/control-plane.ts`)});
    const { url, adminKubeconfig } = await startControlPlane();
    console.log(JSON.stringify({ url, adminKubeconfig }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { url, adminKubeconfig } = JSON.parse(line.toString());
  await access(adminKubeconfig);
  child.kill("SIGKILL");
  const gone = async () => {
    await expect(fetch(`${url}/version`)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await expect(access(adminKubeconfig)).rejects.toThrow();
  };
  await vi.waitFor(gone, { timeout: 5_000, interval: 100 });
});
