import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { agent as agentSchema } from "../../src/api/agent.ts";
import { kind } from "../../src/api/resource.ts";
import { ImagesError } from "./errors.ts";

/** Which image an agent shall run. */
export interface Pin {
  readonly agent: string;
  readonly digest: string;
  /** Registry and repository; undefined for the agent's own ECR repository, which the operator knows. */
  readonly repository: string | undefined;
}

const CONFIG_MAP = "agent-images";

/**
 * Writes a kustomize component that sets spec.agents[].image of the AgentOrchestrators that it is used with:
 * digests.yaml holds the values, kustomization.yaml says where they go. Agents that are not named keep what an earlier run
 * wrote. The same pins give the same files.
 *
 * @throws ImagesError BadComponent when the folder holds something else, InvalidImage for what the CRD would refuse
 */
export function writeComponent(folder: string, pins: readonly Pin[]): void {
  const file = join(folder, "digests.yaml");
  const data = new Map(Object.entries(knownData(file)));
  for (const { agent, digest, repository } of pins) {
    const checked = agentSchema.shape.image.safeParse({ digest, ...(repository && { repository }) });
    if (!checked.success) throw new ImagesError("InvalidImage", `${agent}: ${checked.error.message}`);
    data.set(`${agent}.digest`, digest);
    if (repository) data.set(`${agent}.repository`, repository);
    else data.delete(`${agent}.repository`);
  }
  const sorted = Object.fromEntries([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
  const values = {
    apiVersion: "v1",
    kind: "ConfigMap",
    // Kustomize reads it and does not apply it.
    metadata: { name: CONFIG_MAP, annotations: { "config.kubernetes.io/local-config": "true" } },
    data: sorted,
  };
  const component = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    resources: ["digests.yaml"],
    replacements: Object.keys(sorted).map(replacement),
  };
  mkdirSync(folder, { recursive: true });
  const head = "# Written by npm run images -- publish: do not edit.\n";
  writeFileSync(file, head + stringify(values));
  writeFileSync(join(folder, "kustomization.yaml"), head + stringify(component));
}

/** Kustomize documentation, "replacements": an element of a list by its name, made where it lacks the field. */
function replacement(key: string): object {
  const [, agent = "", field = ""] = /^(.+)\.(digest|repository)$/.exec(key) ?? [];
  return {
    source: { kind: "ConfigMap", name: CONFIG_MAP, fieldPath: `data.[${key}]` },
    targets: [
      {
        select: { kind },
        fieldPaths: [`spec.agents.[name=${agent}].image.${field}`],
        options: { create: true },
      },
    ],
  };
}

function knownData(file: string): Readonly<Record<string, string>> {
  if (!existsSync(file)) return {};
  const found = parse(readFileSync(file, "utf8"));
  if (found?.kind === "ConfigMap" && found.metadata?.name === CONFIG_MAP) return found.data ?? {};
  throw new ImagesError("BadComponent", `${file} is not what publish writes: name another folder for --kustomize`);
}
