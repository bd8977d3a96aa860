import { type EffectiveSpec, effectiveSpec } from "../api/effective.ts";
import type { Spec } from "../api/spec.ts";
import { partitionOf } from "../aws/partition.ts";
import { buildGraph } from "../graph/build.ts";
import { unknownNodes } from "../graph/check.ts";
import type { Facts, SecretFact } from "../graph/facts.ts";
import type { Graph } from "../graph/graph.ts";
import { Sensitive } from "../graph/ref.ts";
import { secretsWanted } from "../graph/secrets.ts";
import { type Declared, UserError } from "./input.ts";

/** What a spec asks for, where neither AWS nor the cluster was asked. */
export interface Offline {
  readonly spec: EffectiveSpec;
  readonly graph: Graph;
}

/**
 * The graph as it would be in an account that grants all that the spec takes for granted: the region has zones a, b and
 * c, existing subnets lie in several zones, Secrets are there with the keys that are named.
 * @throws UserError for node ids in the spec that are not in the graph.
 */
export function offline({ namespace, name, spec: declared }: Declared): Offline {
  const { region, account = "000000000000" } = declared.aws;
  const zones = ["a", "b", "c"].map((letter) => `${region}${letter}`);
  const { spec } = effectiveSpec(declared, zones);
  const facts: Facts = {
    account,
    region,
    partition: partitionOf(region),
    zones,
    owner: { cluster: "unknown", owner: `${namespace}/${name}`, uid: "" },
    secrets: new Map(secretsWanted(spec).map(({ name, keys }) => [name, standIn(keys ?? ["key"])])),
    network: existing(declared, zones),
  };
  const graph = buildGraph(spec, facts);
  const faults = unknownNodes(spec, graph);
  if (faults.length > 0) throw new UserError(faults.map(({ field, message }) => `${field}: ${message}`).join("\n"));
  return { spec, graph };
}

function standIn(keys: readonly string[]): SecretFact {
  return { version: "unknown", data: new Map(keys.map((key) => [key, new Sensitive("")])) };
}

function existing({ network }: Spec, zones: readonly string[]): Facts["network"] {
  if (!network.existing) return undefined;
  const { vpc, publicSubnets, privateSubnets } = network.existing;
  const subnets = [publicSubnets, privateSubnets].flatMap((ids) =>
    ids.map((id, index) => [id, { id, vpcId: vpc, zone: zones[index % zones.length] ?? "", cidr: "" }] as const),
  );
  return { vpc: { id: vpc, cidrs: [], dnsSupport: true, dnsHostnames: true }, subnets: new Map(subnets) };
}
