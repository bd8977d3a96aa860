import type {
  GetSecretValueRequest,
  ListSecretVersionIdsRequest,
  PutSecretValueRequest,
  UpdateSecretVersionStageRequest,
} from "@aws-sdk/client-secrets-manager";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { uuid } from "../common/random.ts";
import type { SecretRow, SecretVersion } from "./rows.ts";
import * as rows from "./rows.ts";

export function sameValue(a: SecretVersion["value"], b: SecretVersion["value"]): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.from(a as string).equals(Buffer.from(b as string)) && typeof a === typeof b;
}

/**
 * API_PutSecretValue, ClientRequestToken: a token that is a version already is ignored when the value is the same and
 * refused when it is not, because a version never changes. AWSCURRENT moves; what it leaves becomes AWSPREVIOUS.
 */
export function addVersion(
  call: Call,
  row: SecretRow,
  value: string | Uint8Array,
  token: string | undefined,
  stages: readonly string[],
): string {
  const id = token ?? uuid(call.world);
  const repeated = row.versions.find((version) => version.id === id);
  if (repeated) {
    if (sameValue(repeated.value, value)) return id;
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${row.arn}.`,
    );
  }
  const now = call.world.clock.now();
  rows.secrets(call).change(row.name, (secret) => {
    secret.versions = [...secret.versions, { id, created: now, value, stages: [] }];
    secret.changed = now;
    for (const stage of stages) moveStage(secret, stage, id);
  });
  return id;
}

function moveStage(secret: SecretRow, stage: string, to: string | undefined): void {
  const from = secret.versions.find((version) => version.stages.includes(stage));
  for (const version of secret.versions) version.stages = version.stages.filter((held) => held !== stage);
  const target = secret.versions.find((version) => version.id === to);
  if (target) target.stages = [...target.stages, stage];
  if (stage === "AWSCURRENT" && from && from.id !== to) moveStage(secret, "AWSPREVIOUS", from.id);
}

/** API_PutSecretValue. */
export function putSecretValue(call: Call, input: PutSecretValueRequest): object {
  const row = rows.usable(call, input.SecretId);
  const value = input.SecretString ?? input.SecretBinary;
  if (value === undefined) throw rows.invalidParameter("You must provide either SecretString or SecretBinary.");
  const stages = input.VersionStages ?? ["AWSCURRENT"];
  const VersionId = addVersion(call, row, value, input.ClientRequestToken, stages);
  return { ARN: row.arn, Name: row.name, VersionId, VersionStages: stages };
}

/** API_GetSecretValue: by version, by stage, or AWSCURRENT. */
export function getSecretValue(call: Call, input: GetSecretValueRequest): object {
  const row = rows.shown(call, input.SecretId);
  if (row.deletionDate !== undefined) throw rows.markedForDeletion();
  const stage = input.VersionStage ?? "AWSCURRENT";
  const version = row.versions.find((one) =>
    input.VersionId === undefined ? one.stages.includes(stage) : one.id === input.VersionId,
  );
  if (!version) {
    const wanted = input.VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${input.VersionId}`;
    throw new AwsError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  return {
    ARN: row.arn,
    Name: row.name,
    VersionId: version.id,
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.created),
    ...(typeof version.value === "string" ? { SecretString: version.value } : { SecretBinary: version.value }),
  };
}

/** API_ListSecretVersionIds: deprecated versions, which have no stage, only when asked for. */
export function listSecretVersionIds(call: Call, input: ListSecretVersionIdsRequest): object {
  const row = rows.shown(call, input.SecretId);
  const versions = row.versions.filter((version) => input.IncludeDeprecated || version.stages.length > 0);
  const { items, next } = page(versions, (version) => version.id, input.NextToken, input.MaxResults ?? 100);
  return {
    ARN: row.arn,
    Name: row.name,
    NextToken: next,
    Versions: items.map((version) => ({
      VersionId: version.id,
      VersionStages: [...version.stages],
      CreatedDate: new Date(version.created),
    })),
  };
}

/** API_UpdateSecretVersionStage: to move a stage, the version that holds it has to be named. */
export function updateSecretVersionStage(call: Call, input: UpdateSecretVersionStageRequest): object {
  const row = rows.usable(call, input.SecretId);
  const stage = input.VersionStage ?? "";
  const holder = row.versions.find((version) => version.stages.includes(stage));
  if (input.MoveToVersionId !== undefined && !row.versions.some((one) => one.id === input.MoveToVersionId)) {
    throw new AwsError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for VersionId: ${input.MoveToVersionId}`,
    );
  }
  if (holder && holder.id !== input.RemoveFromVersionId && holder.id !== input.MoveToVersionId) {
    throw rows.invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ` +
        `${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (stage === "AWSCURRENT" && input.MoveToVersionId === undefined) {
    throw rows.invalidParameter("You can't remove the staging label AWSCURRENT; move it to another version instead.");
  }
  rows.secrets(call).change(row.name, (secret) => {
    moveStage(secret, stage, input.MoveToVersionId);
    secret.changed = call.world.clock.now();
  });
  return { ARN: row.arn, Name: row.name };
}
