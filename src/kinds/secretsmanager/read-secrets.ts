import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  ListSecretsCommand,
  type SecretListEntry,
} from "@aws-sdk/client-secrets-manager";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import type { Tags } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList } from "../tags.ts";

/** What is read of a secret; never its value. */
export interface SecretFacts {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  /** VersionId that carries AWSCURRENT: which value it has, without reading it. */
  readonly version?: string | undefined;
  readonly tags: Tags;
  /** Scheduled for deletion: it holds its name until then, and can be restored. */
  readonly deleting: boolean;
}

/** ListSecrets may be behind by this long; DescribeSecret is not (Secrets Manager API reference, ListSecrets). */
const LISTING_LAG_MS = 5 * 60_000;

/** Secrets that were written within the lag: a hint only, so that our own change is not taken for drift. */
const written = new WeakMap<Aws, Map<string, number>>();

/** Makes the next reads of this secret exact. */
export function wasWritten(aws: Aws, arn: string): void {
  const now = aws.clock.now();
  const recent = [...(written.get(aws) ?? [])].filter(([, at]) => now - at < LISTING_LAG_MS);
  written.set(aws, new Map([...recent, [arn, now]]));
}

/** The version that each secret had when it was last looked at: a hint only, to tell when the listing says another one. */
const seen = new WeakMap<Aws, Map<string, string | undefined>>();

/**
 * A secret by ARN, or undefined when it is gone. Another version than at the last look is believed only of an exact read:
 * a listing that is behind would otherwise take a change back, and what uses the secret be rolled out to and fro.
 */
export const secretByArn = batched<SecretFacts>({
  // 10 values a filter (Secrets Manager API reference, Filter).
  max: 10,
  read: async (aws, arns) => {
    const now = aws.clock.now();
    const settled = arns.filter(
      (arn) => now - (written.get(aws)?.get(arn) ?? Number.NEGATIVE_INFINITY) >= LISTING_LAG_MS,
    );
    const found = settled.length > 1 ? await listed(aws, settled) : new Map<string, SecretFacts>();
    const last = seen.get(aws) ?? new Map<string, string | undefined>();
    seen.set(aws, last);
    const isNews = (arn: string): boolean => last.has(arn) && last.get(arn) !== found.get(arn)?.version;
    // What the listing does not show is asked for by ARN: only that answer says "gone".
    const unsure = arns.filter((arn) => !found.has(arn) || isNews(arn));
    await Promise.all(
      unsure.map(async (arn) => {
        const secret = await describeSecret(aws, arn);
        if (secret) found.set(arn, secret);
        else found.delete(arn);
      }),
    );
    for (const arn of arns) {
      const secret = found.get(arn);
      if (secret) last.set(arn, secret.version);
      else last.delete(arn);
    }
    return found;
  },
});

/** By name or ARN, also when it is scheduled for deletion. */
export async function describeSecret(aws: Aws, id: string): Promise<SecretFacts | undefined> {
  const secret = await unlessNotFound(aws.secrets.send(new DescribeSecretCommand({ SecretId: id })));
  return secret && factsOf(secret, secret.VersionIdsToStages);
}

/** The filter matches beginnings of names, so more than was asked for may come. */
async function listed(aws: Aws, arns: readonly string[]): Promise<Map<string, SecretFacts>> {
  const Filters = [{ Key: "name" as const, Values: arns.map(nameIn) }];
  const found = new Map<string, SecretFacts>();
  let NextToken: string | undefined;
  do {
    const page = await aws.secrets.send(new ListSecretsCommand({ Filters, MaxResults: 100, NextToken }));
    for (const secret of page.SecretList ?? [])
      found.set(secret.ARN ?? "", factsOf(secret, secret.SecretVersionsToStages));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** "arn:…:secret:NAME-AbCdEf": Secrets Manager adds a hyphen and six characters to the name. */
function nameIn(arn: string): string {
  return arn.split(":").slice(6).join(":").slice(0, -7);
}

function factsOf(
  secret: DescribeSecretResponse | SecretListEntry,
  stages: Record<string, string[]> | undefined,
): SecretFacts {
  const current = Object.entries(stages ?? {}).find(([, labels]) => labels.includes("AWSCURRENT"));
  return {
    arn: secret.ARN ?? "",
    name: secret.Name ?? "",
    description: secret.Description ?? "",
    version: current?.[0],
    tags: fromTagList(secret.Tags),
    deleting: secret.DeletedDate !== undefined,
  };
}
