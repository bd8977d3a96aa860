import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { arn } from "../common/arn.ts";
import { ALPHANUMERIC, text } from "../common/random.ts";
import type { TagMap } from "../common/tags.ts";

type Where = Pick<Call, "world" | "account" | "region">;

export interface SecretVersion {
  readonly id: string;
  readonly created: number;
  readonly value: string | Uint8Array | undefined;
  stages: readonly string[];
}

/** A secret; its id in the table is its name, which a secret scheduled for deletion still holds. */
export interface SecretRow {
  readonly name: string;
  /** With the six random characters that Secrets Manager adds. */
  readonly arn: string;
  readonly created: number;
  readonly owningService: string | undefined;
  description: string | undefined;
  kmsKeyId: string | undefined;
  changed: number;
  /** When it goes for good; undefined while it is not being deleted. */
  deletionDate: number | undefined;
  /** Set by ForceDeleteWithoutRecovery: it cannot be restored. */
  forced: boolean;
  tags: TagMap;
  versions: readonly SecretVersion[];
}

export const secrets = (call: Where): Table<SecretRow> => call.world.table(call, "secretsmanager.secrets");

export const notFound = () =>
  new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const markedForDeletion = () =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");

/** By name, ARN, or ARN without its random suffix (API_DescribeSecret, SecretId). */
export function matches(row: SecretRow, secretId: string): boolean {
  return row.name === secretId || row.arn === secretId || row.arn.slice(0, -7) === secretId;
}

export function existing(call: Where, secretId: string | undefined): SecretRow {
  const row = secrets(call)
    .all()
    .find((secret) => matches(secret, secretId ?? ""));
  if (!row) throw notFound();
  return row;
}

/** One that is not on its way out: what most actions ask for. */
export function usable(call: Where, secretId: string | undefined): SecretRow {
  const row = existing(call, secretId);
  if (row.deletionDate !== undefined) throw markedForDeletion();
  return row;
}

/** What answers of reads show by now. */
export function shown(call: Where, secretId: string | undefined): SecretRow {
  const row = secrets(call)
    .shownAll()
    .find((secret) => matches(secret, secretId ?? ""));
  if (!row) throw notFound();
  return row;
}

export interface NewSecret {
  readonly name: string;
  readonly value: string | Uint8Array | undefined;
  readonly versionId: string;
  readonly tags?: TagMap | undefined;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  /** "rds" for a secret that RDS keeps: only RDS may delete it. */
  readonly owningService?: string | undefined;
}

/** Puts a secret with its first version under AWSCURRENT. The caller has checked that the name is free. */
export function makeSecret(call: Where, secret: NewSecret): SecretRow {
  const now = call.world.clock.now();
  const suffix = text(call.world, 6, `${ALPHANUMERIC}ABCDEFGHIJKLMNOPQRSTUVWXYZ`);
  return secrets(call).put(secret.name, {
    name: secret.name,
    arn: arn(call, "secretsmanager", `secret:${secret.name}-${suffix}`),
    created: now,
    changed: now,
    owningService: secret.owningService,
    description: secret.description,
    kmsKeyId: secret.kmsKeyId,
    deletionDate: undefined,
    forced: false,
    tags: secret.tags ?? {},
    versions:
      secret.value === undefined
        ? []
        : [{ id: secret.versionId, created: now, value: secret.value, stages: ["AWSCURRENT"] }],
  });
}

/** Takes a secret away for good, as its owning service does or the end of the recovery window. */
export function purge(call: Where, name: string): void {
  if (secrets(call).get(name)) secrets(call).remove(name);
}
