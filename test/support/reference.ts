import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type EffectiveSpec, effectiveSpec } from "../../src/api/effective.ts";
import type { SpecInput } from "../../src/api/resource.ts";
import { spec as schema } from "../../src/api/spec.ts";
import { buildGraph } from "../../src/graph/build.ts";
import type { Facts, SecretFact } from "../../src/graph/facts.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { Sensitive } from "../../src/graph/ref.ts";

/** The spec of examples/dev.yaml, with changes to its top-level fields. */
export function referenceSpec(change: Partial<SpecInput> = {}): SpecInput {
  const file = readFileSync(new URL("../../examples/dev.yaml", import.meta.url), "utf8");
  return { ...parse(file).spec, ...change };
}

/** A Kubernetes Secret whose values are its keys. */
export function secretFact(...keys: readonly string[]): SecretFact {
  return { version: "uid-1", data: new Map(keys.map((key) => [key, new Sensitive(`value of ${key}`)])) };
}

/** What is true of an account in which everything that the reference case needs is there. */
export function factsFor(region: string, change: Partial<Facts> = {}): Facts {
  return {
    account: "111122223333",
    region,
    partition: "aws",
    zones: ["a", "b", "c"].map((zone) => `${region}${zone}`),
    owner: { cluster: "cluster-1", owner: "agents/dev", uid: "uid-of-dev" },
    secrets: new Map([
      ["langfuse", secretFact("publicKey", "secretKey")],
      ["snowflake", secretFact("account", "user", "password")],
      ["database", secretFact("password")],
    ]),
    ...change,
  };
}

/** The graph of a spec, as an operator that sees it for the first time builds it. */
export function graphOf(
  input: SpecInput = referenceSpec(),
  change: Partial<Facts> = {},
): { readonly graph: Graph; readonly spec: EffectiveSpec; readonly facts: Facts } {
  const facts = factsFor(input.aws.region, change);
  const { spec } = effectiveSpec(schema.parse(input), facts.zones);
  return { graph: buildGraph(spec, facts), spec, facts };
}
