import type { EffectiveSpec } from "../api/effective.ts";
import type { Spec } from "../api/spec.ts";
import type { Aws } from "../aws/aws.ts";
import { imageDigest, networkOf, zonesOf } from "../aws/discover.ts";
import type { Owner } from "../aws/tags.ts";
import type { Facts, SecretFact } from "../graph/facts.ts";
import { Names } from "../graph/names.ts";
import { Sensitive } from "../graph/ref.ts";
import { secretsWanted } from "../graph/secrets.ts";
import type { SecretData } from "../kube/object-store.ts";

const zones = new WeakMap<Aws, Promise<readonly string[]>>();

/** Zones of the region, asked once by process: AWS adds one in years. */
export function zonesFor(aws: Aws, spec: Spec): Promise<readonly string[]> {
  if (spec.network.existing) return Promise.resolve([]);
  let known = zones.get(aws);
  if (!known) {
    known = zonesOf(aws);
    zones.set(aws, known);
    known.catch(() => zones.delete(aws));
  }
  return known;
}

export interface FactsFrom {
  readonly aws: Aws;
  readonly spec: EffectiveSpec;
  readonly owner: Owner;
  readonly namespace: string;
  readonly store: SecretReader;
}

export interface SecretReader {
  secret(namespace: string, name: string): Promise<SecretData | undefined>;
}

/**
 * What the graph is built from beside the spec, read now: Secrets by name, the existing network, what image tags stand
 * for.
 * @throws what the reads throw: nothing is taken for absent because it could not be read.
 */
export async function factsFor({ aws, spec, owner, namespace, store }: FactsFrom): Promise<Facts> {
  const { account, region, partition } = aws;
  const { existing } = spec.network;
  const [secrets, images, network, available] = await Promise.all([
    secretsOf(store, namespace, spec),
    imagesOf(aws, spec),
    existing && networkOf(aws, existing.vpc, [...existing.publicSubnets, ...existing.privateSubnets]),
    existing ? [] : zonesFor(aws, spec as unknown as Spec),
  ]);
  return { account, region, partition, zones: available, owner, secrets, images, network };
}

async function secretsOf(
  store: SecretReader,
  namespace: string,
  spec: EffectiveSpec,
): Promise<ReadonlyMap<string, SecretFact>> {
  const names = [...new Set(secretsWanted(spec).map(({ name }) => name))];
  const read = await Promise.all(names.map(async (name) => [name, await store.secret(namespace, name)] as const));
  return new Map(
    read.flatMap(([name, secret]) => {
      if (!secret) return [];
      const data = new Map([...secret.data].map(([key, value]) => [key, new Sensitive(value)] as const));
      return [[name, { version: `${secret.uid}/${secret.resourceVersion}`, data }] as const];
    }),
  );
}

/** What the tags of images in the agents' own repositories stand for; a tag that is not there yet is left out. */
async function imagesOf(aws: Aws, spec: EffectiveSpec): Promise<ReadonlyMap<string, string>> {
  const { project, environment } = spec;
  const names = new Names({ project, environment, account: aws.account, region: aws.region });
  const own = spec.agents.filter(({ image }) => image.repository === undefined && image.digest === undefined);
  const read = await Promise.all(
    own.map(async ({ name, image }) => [name, await imageDigest(aws, names.part(name), image.tag)] as const),
  );
  return new Map(read.flatMap(([name, digest]) => (digest === undefined ? [] : [[name, digest] as const])));
}
