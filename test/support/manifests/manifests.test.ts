import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseAccessConfig } from "../../../src/aws/access-config.ts";
import samples from "./health-samples.json" with { type: "json" };
import { runHealthCheck } from "./lua.ts";

const manifests = join(import.meta.dirname, "../../../manifests");

// `kstatus` in the samples is what sigs.k8s.io/cli-utils v0.37.2 pkg/kstatus/status.Compute answers for each object.
const healthOf: Record<string, string> = {
  Current: "Healthy",
  InProgress: "Progressing",
  Terminating: "Progressing",
  Failed: "Degraded",
};

test.each(samples)("Argo CD's health check agrees with kstatus: $name", async ({ name, kstatus, object }) => {
  const { status } = runHealthCheck(await readFile(join(manifests, "argocd/health.lua"), "utf8"), object);
  if (name === "created, not yet seen") expect(status).toBe("Progressing");
  else expect(status).toBe(healthOf[kstatus]);
});

test("the message of the deciding condition is what Argo CD shows", async () => {
  const source = await readFile(join(manifests, "argocd/health.lua"), "utf8");
  const stalled = samples.find(({ kstatus }) => kstatus === "Failed");
  expect(runHealthCheck(source, stalled?.object).message).toBe("May not create a VPC");
});

test("the configuration that is shipped, and the one in its comment, can be read", async () => {
  const text = await readFile(join(manifests, "operator/config.yaml"), "utf8");
  expect(parseAccessConfig(text, "config.yaml").namespaces).toEqual({});
  const commented = text.split("\n").filter((line) => /^# ( {2}|namespaces:)/.test(line));
  const example = parseAccessConfig(commented.map((line) => line.slice(2)).join("\n"), "config.yaml");
  expect(Object.keys(example.namespaces)).toEqual(["agents-dev", "team-*"]);
});

test("the pods run without privileges", async () => {
  const [deployment] = parseAllDocuments(await readFile(join(manifests, "operator/deployment.yaml"), "utf8"));
  const pod = deployment?.toJS().spec.template.spec;
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  for (const container of pod.containers) {
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  }
});
