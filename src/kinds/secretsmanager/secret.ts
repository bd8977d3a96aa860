import {
  CreateSecretCommand,
  DeleteSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Aws } from "../../aws/aws.ts";
import { tagKeys } from "../../aws/tags.ts";
import type { Sensitive } from "../../graph/ref.ts";
import type { Kind, Tags, Target } from "../kind.ts";
import { toTagList } from "../tags.ts";
import { describeSecret, secretByArn, wasWritten } from "./read-secrets.ts";

export interface SecretProps {
  readonly description: string;
  /** JSON. Write-only: never read back, never compared. */
  readonly value: Sensitive;
  /** A UUID made from the identity of the source of the value: the VersionId that AWSCURRENT must have. */
  readonly version: string;
}

export interface SecretOutputs {
  readonly secretArn: string;
  readonly name: string;
}

/**
 * Its id is its ARN. The value is compared by its version alone, so that reading it needs no right to read values; a
 * value that was rotated or edited by hand has another version and is drift. One scheduled for deletion is as good as
 * gone, and creating it again restores it.
 */
export const secret: Kind<SecretProps, SecretOutputs> = {
  type: "AWS::SecretsManager::Secret",
  identity: "token",
  createOnly: [],
  data: true,
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const found = await describeSecret(aws, name);
    return found && !found.deleting ? [{ id: found.arn, tags: found.tags }] : [];
  },

  async observe(aws, id) {
    const found = await secretByArn(aws, id);
    if (!found || found.deleting) return undefined;
    const { arn, name, description, version = "(none)", tags } = found;
    return { phase: "ready", live: { description, version }, tags, outputs: { secretArn: arn, name } };
  },

  async create(aws, target) {
    const { name, tags, props } = target;
    try {
      const { ARN = "" } = await aws.secrets.send(
        new CreateSecretCommand({
          Name: name,
          Description: props.description,
          ClientRequestToken: props.version,
          SecretString: props.value.reveal(),
          Tags: toTagList(tags),
        }),
      );
      wasWritten(aws, ARN);
      return ARN;
    } catch (error) {
      const restored = error instanceof InvalidRequestException ? await restore(aws, target) : undefined;
      if (restored) return restored;
      throw error;
    }
  },

  async update(aws, id, { props, changed }) {
    wasWritten(aws, id);
    if (changed.includes("description")) {
      await aws.secrets.send(new UpdateSecretCommand({ SecretId: id, Description: props.description }));
    }
    if (changed.includes("version")) await putValue(aws, id, props);
  },

  /** At once when its data may go (deletionPolicy Delete); otherwise it can be restored for seven days. */
  async delete(aws, id, { finalSnapshot }) {
    // AWS refuses to schedule twice.
    if (finalSnapshot && (await describeSecret(aws, id))?.deleting) return;
    const how = finalSnapshot ? { RecoveryWindowInDays: 7 } : { ForceDeleteWithoutRecovery: true };
    wasWritten(aws, id);
    await aws.secrets.send(new DeleteSecretCommand({ SecretId: id, ...how }));
  },

  async tag(aws, id, tags) {
    wasWritten(aws, id);
    await aws.secrets.send(new TagResourceCommand({ SecretId: id, Tags: toTagList(tags) }));
  },
};

/** Takes back a secret of ours that is scheduled for deletion and holds the name; undefined when that is not so. */
async function restore(aws: Aws, { name, tags, props }: Target<SecretProps>): Promise<string | undefined> {
  const held = await describeSecret(aws, name);
  if (!held?.deleting || !sameOwner(held.tags, tags)) return undefined;
  wasWritten(aws, held.arn);
  await aws.secrets.send(new RestoreSecretCommand({ SecretId: held.arn }));
  await aws.secrets.send(new TagResourceCommand({ SecretId: held.arn, Tags: toTagList(tags) }));
  await aws.secrets.send(new UpdateSecretCommand({ SecretId: held.arn, Description: props.description }));
  await putValue(aws, held.arn, props);
  return held.arn;
}

function sameOwner(a: Tags, b: Tags): boolean {
  return [tagKeys.cluster, tagKeys.owner, tagKeys.node].every((key) => a[key] !== undefined && a[key] === b[key]);
}

/** A version that exists already is not written again by AWS, nor made current: its label is moved then. */
async function putValue(aws: Aws, SecretId: string, { value, version }: SecretProps): Promise<void> {
  await aws.secrets.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken: version, SecretString: value.reveal() }),
  );
  const current = (await describeSecret(aws, SecretId))?.version;
  if (current === version) return;
  await aws.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: version,
      ...(current && { RemoveFromVersionId: current }),
    }),
  );
}
