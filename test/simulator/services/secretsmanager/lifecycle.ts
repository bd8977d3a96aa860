import type {
  CreateSecretRequest,
  DeleteSecretRequest,
  RestoreSecretRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateSecretRequest,
} from "@aws-sdk/client-secrets-manager";
import { AwsError, type Call } from "../../operation.ts";
import { uuid } from "../common/random.ts";
import { fromTags, without } from "../common/tags.ts";
import * as rows from "./rows.ts";
import { addVersion, sameValue } from "./versions.ts";

const DAY_MS = 86_400_000;

/** API_CreateSecret: the name is held until deletion ends; a repeat with the same token and value is answered alike. */
export function createSecret(call: Call, input: CreateSecretRequest): object {
  const name = input.Name ?? "";
  const value = input.SecretString ?? input.SecretBinary;
  const token = input.ClientRequestToken ?? uuid(call.world);
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw rows.invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  const held = rows.secrets(call).get(name);
  if (held?.deletionDate !== undefined) {
    throw rows.invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (held) {
    const repeated = held.versions.find((version) => version.id === token);
    if (repeated && sameValue(repeated.value, value)) return { ARN: held.arn, Name: name, VersionId: token };
    throw new AwsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
  }
  if (rows.secrets(call).all().length >= call.world.quota("secretsmanager.secrets")) {
    throw new AwsError("LimitExceededException", "You have reached the limit of secrets for this account.");
  }
  const row = rows.makeSecret(call, {
    name,
    value,
    versionId: token,
    tags: fromTags(input.Tags),
    description: input.Description,
    kmsKeyId: input.KmsKeyId,
  });
  return { ARN: row.arn, Name: name, ...(value !== undefined && { VersionId: token }) };
}

/** API_UpdateSecret: description and key in place; a value makes a new version under the request's token. */
export function updateSecret(call: Call, input: UpdateSecretRequest): object {
  const row = rows.usable(call, input.SecretId);
  const value = input.SecretString ?? input.SecretBinary;
  rows.secrets(call).change(row.name, (secret) => {
    if (input.Description !== undefined) secret.description = input.Description;
    if (input.KmsKeyId !== undefined) secret.kmsKeyId = input.KmsKeyId;
    secret.changed = call.world.clock.now();
  });
  if (value === undefined) return { ARN: row.arn, Name: row.name };
  const VersionId = addVersion(call, row, value, input.ClientRequestToken, ["AWSCURRENT"]);
  return { ARN: row.arn, Name: row.name, VersionId };
}

/**
 * API_DeleteSecret: 7 to 30 days of recovery, 30 unless said, or none. Without recovery the name is still held for a
 * short while: "Secrets Manager performs the actual deletion with an asynchronous background process".
 */
export function deleteSecret(call: Call, input: DeleteSecretRequest): object {
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
  if (force && days !== undefined) {
    throw rows.invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw rows.invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const row = rows
    .secrets(call)
    .all()
    .find((secret) => rows.matches(secret, input.SecretId ?? ""));
  if (!row || row.forced) {
    // "If you use this parameter and include a previously deleted or nonexistent secret, the operation does not return
    // the error ResourceNotFoundException in order to correctly handle retries."
    if (!force) throw rows.notFound();
    const Name = row?.name ?? input.SecretId;
    return { ARN: row?.arn, Name, DeletionDate: new Date(call.world.clock.now()) };
  }
  if (row.owningService !== undefined) {
    throw rows.invalidRequest(
      `You can't delete this secret because it is managed by ${row.owningService}. Use ${row.owningService} to delete it.`,
    );
  }
  if (row.deletionDate !== undefined && !force) throw rows.markedForDeletion();
  const wait = force ? call.world.duration("secretsmanager.secret.forceDelete") : (days ?? 30) * DAY_MS;
  const deletionDate = call.world.clock.now() + wait;
  rows.secrets(call).change(row.name, (secret) => {
    secret.deletionDate = deletionDate;
    secret.forced = force;
  });
  call.world.clock.after(wait, () => {
    const left = rows.secrets(call).get(row.name);
    if (left?.arn === row.arn && left.deletionDate === deletionDate) rows.purge(call, row.name);
  });
  return { ARN: row.arn, Name: row.name, DeletionDate: new Date(deletionDate) };
}

/** API_RestoreSecret. */
export function restoreSecret(call: Call, input: RestoreSecretRequest): object {
  const row = rows.existing(call, input.SecretId);
  if (row.forced) throw rows.notFound();
  rows.secrets(call).change(row.name, (secret) => {
    secret.deletionDate = undefined;
  });
  return { ARN: row.arn, Name: row.name };
}

/** API_TagResource. */
export function tagResource(call: Call, input: TagResourceRequest): undefined {
  const row = rows.usable(call, input.SecretId);
  const tags = { ...row.tags, ...fromTags(input.Tags) };
  if (Object.keys(tags).length > 50) throw rows.invalidParameter("A secret can have no more than 50 tags.");
  rows.secrets(call).change(row.name, (secret) => {
    secret.tags = tags;
  });
}

/** API_UntagResource. */
export function untagResource(call: Call, input: UntagResourceRequest): undefined {
  rows.secrets(call).change(rows.usable(call, input.SecretId).name, (secret) => {
    secret.tags = without(secret.tags, input.TagKeys);
  });
}
