import type { EffectiveSpec } from "../api/effective.ts";
import type { Spec } from "../api/spec.ts";
import type { Aws } from "../aws/aws.ts";
import { imageDigest, networkOf, zonesOf } from "../aws/discover.ts";
import type { Owner } from "../aws/tags.ts";
import type { Facts, SecretFact } from "../graph/facts.ts";
import { Names } from "../graph/names.ts";
import { Sensitive } from "../graph/ref.ts";
import { secretsWanted } from "../graph/secrets.ts";
import { SecretForbiddenError } from "../kube/errors.ts";
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
  /** Physical ids of nodes that the inventory or spec.adopt know. */
  readonly idOf: (node: string) => string | undefined;
  /** What an image tag stands for; unless given, AWS is asked each time. */
  readonly digestOf?: DigestOf | undefined;
}

/** Digest ("sha256:…") of a tag in an ECR repository of the account; undefined when there is none (yet). */
export type DigestOf = (repositoryName: string, tag: string) => Promise<string | undefined>;

export interface SecretReader {
  secret(namespace: string, name: string): Promise<SecretData | undefined>;
}

/**
 * What the graph is built from beside the spec: Secrets by name and the existing network, read now, and what image tags
 * stand for. A Secret that may not be read is told as that, and holds up no more than one that is missing.
 * @throws what the reads throw: nothing is taken for absent because it could not be read.
 */
export async function factsFor({ aws, spec, owner, namespace, store, idOf, digestOf }: FactsFrom): Promise<Facts> {
  const { account, region, partition } = aws;
  const { existing } = spec.network;
  const repositories = new Map(
    spec.agents.flatMap(({ name }) => {
      const id = idOf(`agent/${name}/repository`);
      return id === undefined ? [] : [[name, id] as const];
    }),
  );
  const [{ secrets, forbiddenSecrets }, images, network, available] = await Promise.all([
    secretsOf(store, namespace, spec),
    imagesOf(aws, spec, repositories, digestOf ?? ((repository, tag) => imageDigest(aws, repository, tag))),
    existing && networkOf(aws, existing.vpc, [...existing.publicSubnets, ...existing.privateSubnets]),
    existing ? [] : zonesFor(aws, spec as unknown as Spec),
  ]);
  const facts = { account, region, partition, zones: available, owner, network };
  return { ...facts, secrets, forbiddenSecrets, images, repositories };
}

async function secretsOf(
  store: SecretReader,
  namespace: string,
  spec: EffectiveSpec,
): Promise<Required<Pick<Facts, "secrets" | "forbiddenSecrets">>> {
  const names = [...new Set(secretsWanted(spec).map(({ name }) => name))];
  const secrets = new Map<string, SecretFact>();
  const forbiddenSecrets = new Map<string, string>();
  const read = async (name: string): Promise<void> => {
    try {
      const secret = await store.secret(namespace, name);
      if (!secret) return;
      const data = new Map([...secret.data].map(([key, value]) => [key, new Sensitive(value)] as const));
      secrets.set(name, { version: `${secret.uid}/${secret.resourceVersion}`, data });
    } catch (error) {
      if (!(error instanceof SecretForbiddenError)) throw error;
      forbiddenSecrets.set(name, error.message);
    }
  };
  await Promise.all(names.map(read));
  return { secrets, forbiddenSecrets };
}

/** What the tags of images in the agents' own repositories stand for; a tag that is not there yet is left out. */
async function imagesOf(
  aws: Pick<Aws, "account" | "region">,
  spec: EffectiveSpec,
  repositories: ReadonlyMap<string, string>,
  digestOf: DigestOf,
): Promise<ReadonlyMap<string, string>> {
  const { project, environment } = spec;
  const names = new Names({ project, environment, account: aws.account, region: aws.region });
  const own = spec.agents.filter(({ image }) => image.repository === undefined && image.digest === undefined);
  const read = await Promise.all(
    own.map(
      async ({ name, image }) => [name, await digestOf(repositories.get(name) ?? names.part(name), image.tag)] as const,
    ),
  );
  return new Map(read.flatMap(([name, digest]) => (digest === undefined ? [] : [[name, digest] as const])));
}
