import { afterAll, beforeAll, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "../../test/support/control-plane/control-plane.ts";
import { kubectl } from "../../test/support/control-plane/kubectl.ts";
import { hasStatus, type KubeError } from "../kube/errors.ts";
import { KubeHttp } from "../kube/http.ts";
import { apiObject } from "./cases/case.ts";
import { group, plural, version } from "./resource.ts";
import { cases } from "./validate.cases.ts";

const objects = `/apis/${group}/${version}/namespaces/default/${plural}`;
const crd = new URL("../../crds/agentorchestrators.yaml", import.meta.url).pathname;

let controlPlane: ControlPlane;
let http: KubeHttp;
beforeAll(async () => {
  controlPlane = await startControlPlane();
  http = KubeHttp.fromKubeconfig(controlPlane.adminKubeconfig);
  await kubectl(controlPlane.adminKubeconfig, ["apply", "--server-side", "-f", crd]);
  await kubectl(controlPlane.adminKubeconfig, ["create", "namespace", "agents"]);
  await kubectl(controlPlane.adminKubeconfig, ["wait", "--for=condition=Established", "--timeout=60s", "-f", crd]);
});
afterAll(() => controlPlane.stop());

/** Why the API server refuses; undefined when it accepts. */
async function refusal(method: "POST" | "PUT", path: string, body: object): Promise<string | undefined> {
  try {
    await http.request(method, `${path}?dryRun=All&fieldValidation=Strict`, { body });
    return undefined;
  } catch (error) {
    if (!hasStatus(error, 422)) throw error;
    return (error as KubeError).message;
  }
}

test.each(cases)("the API server judges $name as the table says", async ({ spec, old, metadata, refused }) => {
  const object = apiObject(spec, metadata);
  let reason: string | undefined;
  if (old === undefined) reason = await refusal("POST", objects, object);
  else {
    const before = (await http.request("POST", objects, { body: apiObject(old) })) as { metadata: object };
    reason = await refusal("PUT", `${objects}/one`, { ...object, metadata: before.metadata });
    await http.request("DELETE", `${objects}/one`);
  }
  if (!refused) return expect(reason).toBeUndefined();
  expect(reason).toContain(refused.message);
  expect(reason).toContain(refused.field ? `${refused.field}: ` : "is invalid: ");
});

test.each(["dev", "prod"])("the API server accepts examples/%s.yaml", async (name) => {
  const file = new URL(`../../examples/${name}.yaml`, import.meta.url).pathname;
  await kubectl(controlPlane.adminKubeconfig, ["apply", "--dry-run=server", "-f", file]);
});

test("kubectl explain tells what every field of the spec is for", async () => {
  const text = await kubectl(controlPlane.adminKubeconfig, ["explain", `${plural}.spec.agents`]);
  expect(text).toContain("The agents, each an ECS service on Fargate.");
  expect(text).not.toContain("<no description>");
});
