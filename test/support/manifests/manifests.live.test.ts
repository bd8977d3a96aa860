import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KubeHttp } from "../../../src/kube/http.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { kubectl } from "../control-plane/kubectl.ts";

const manifests = join(import.meta.dirname, "../../../manifests");
const system = "agentorchestrator-system";
let controlPlane: ControlPlane;
const admin = (...args: string[]) => kubectl(controlPlane.adminKubeconfig, args);

beforeAll(async () => {
  controlPlane = await startControlPlane();
  await admin("apply", "-k", manifests);
  await admin("create", "serviceaccount", "nobody", "-n", system);
  await admin("create", "namespace", "granting");
  const binding = ["create", "rolebinding", "agentorchestrator-secret-reader", "-n", "granting"];
  await admin(
    ...binding,
    "--clusterrole=agentorchestrator-secret-reader",
    `--serviceaccount=${system}:agentorchestrator`,
  );
});
afterAll(() => controlPlane.stop());

/** What the service account may do in a namespace, one line a right: verb, group/resource, name. */
async function rights(serviceAccount: string, namespace: string): Promise<Set<string>> {
  const http = KubeHttp.fromKubeconfig(await controlPlane.kubeconfigFor(serviceAccount, system));
  const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } };
  const answer = await http.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", { body });
  const { status } = answer as {
    status: { incomplete: boolean; resourceRules: Rule[]; nonResourceRules: NonResourceRule[] };
  };
  expect(status.incomplete).toBe(false);
  const lines = status.resourceRules.flatMap(({ verbs, apiGroups, resources, resourceNames = [""] }) =>
    product(verbs, apiGroups, resources, resourceNames).map(([verb, group, resource, name]) =>
      `${verb} ${group}/${resource} ${name}`.trim(),
    ),
  );
  const urls = status.nonResourceRules.flatMap(({ verbs, nonResourceURLs }) =>
    product(verbs, nonResourceURLs).map(([verb, url]) => `${verb} ${url}`),
  );
  return new Set([...lines, ...urls]);
}

interface Rule {
  readonly verbs: string[];
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
}
interface NonResourceRule {
  readonly verbs: string[];
  readonly nonResourceURLs: string[];
}

function product(...lists: string[][]): string[][] {
  return lists.reduce<string[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

const everywhere = [
  "create events.k8s.io/events",
  "get /namespaces kube-system",
  "get agentorchestrator.io/agentorchestrators",
  "list agentorchestrator.io/agentorchestrators",
  "patch agentorchestrator.io/agentorchestrators",
  "patch agentorchestrator.io/agentorchestrators/status",
  "patch events.k8s.io/events",
  "watch agentorchestrator.io/agentorchestrators",
];

test.each([
  ["any namespace", "default", []],
  ["a namespace that grants its Secrets", "granting", ["get /secrets"]],
  [
    "its own namespace",
    system,
    [
      "create coordination.k8s.io/leases",
      "get coordination.k8s.io/leases agentorchestrator",
      "update coordination.k8s.io/leases agentorchestrator",
    ],
  ],
])("in %s the operator has exactly the rights it uses, beyond those of everyone", async (_title, namespace, more) => {
  const everyone = await rights("nobody", namespace);
  const own = [...(await rights("agentorchestrator", namespace))].filter((right) => !everyone.has(right));
  expect(own.sort()).toEqual([...everywhere, ...more].sort());
});

test("kubectl knows the resource by its short name once the manifests are applied, and applying them again changes nothing", async () => {
  const definition = "crd/agentorchestrators.agentorchestrator.io";
  await admin("wait", "--for=condition=Established", definition, "--timeout=30s");
  expect(await admin("get", "ao", "--all-namespaces")).toBe("");
  // `kubectl diff` ends with 1, and so fails here, when there is a difference.
  await admin("apply", "-k", manifests);
  expect(await admin("diff", "-k", manifests)).toBe("");
});

test("pods of the operator pass the namespace's restricted Pod Security Standard", async () => {
  const deployment = JSON.parse(await admin("get", "deployment", "agentorchestrator", "-n", system, "-o", "json"));
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "probe", namespace: system },
    spec: deployment.spec.template.spec,
  };
  const applied = await kubectl(
    controlPlane.adminKubeconfig,
    ["apply", "--dry-run=server", "-f", "-"],
    JSON.stringify(pod),
  );
  expect(applied).toContain("pod/probe created (server dry run)");
});
