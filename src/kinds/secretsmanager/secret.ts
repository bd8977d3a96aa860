import { randomBytes } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  RestoreSecretCommand,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Aws } from "../../aws/aws.ts";
import { tagKeys } from "../../aws/tags.ts";
import { Sensitive } from "../../graph/ref.ts";
import type { Kind, Tags, Target } from "../kind.ts";
import { toTagList } from "../tags.ts";
import { describeSecret, secretByArn, wasWritten } from "./read-secrets.ts";

/** A copy of what somebody else keeps: `value` and `version`. What is random and kept here alone: `generate`. */
export interface SecretProps {
  readonly description: string;
  /** JSON. Write-only: never read back, never compared. */
  readonly value?: Sensitive;
  /** A UUID made from the identity of the source of the value: the VersionId that AWSCURRENT must have. */
  readonly version?: string;
  /** Keys of a JSON object, each made at random when the secret is created, and never again while it exists. */
  readonly generate?: Readonly<Record<string, RandomValue>>;
}

/** `prefix` and twice as many hexadecimal digits as there are bytes: safe in URLs, shells and JSON. */
export interface RandomValue {
  readonly prefix: string;
  readonly bytes: number;
}

export interface SecretOutputs {
  readonly secretArn: string;
  readonly name: string;
  /** VersionId under AWSCURRENT: another one after every change of the value, by whomever. */
  readonly currentVersion: string;
}

/**
 * Its id is its ARN. The value is compared by its version alone, so that reading it needs no right to read values; a
 * copy that was rotated or edited by hand has another version and is drift. One scheduled for deletion is as good as
 * gone, and creating it again restores it.
 *
 * A generated value exists nowhere but in Secrets Manager: it is made in the call that creates the secret, and the name,
 * which AWS gives once, decides between two creates. Whatever it finds under that name and owner stays: it is neither
 * compared nor written again, so that a person may rotate it, and one that is restored has the value that it had.
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
    const outputs = { secretArn: arn, name, currentVersion: version };
    return { phase: "ready", live: { description, version }, tags, outputs };
  },

  async create(aws, target) {
    const { name, token, tags, props } = target;
    try {
      const { ARN = "" } = await aws.secrets.send(
        new CreateSecretCommand({
          Name: name,
          Description: props.description,
          ClientRequestToken: props.version ?? token,
          SecretString: (props.value ?? generated(props.generate)).reveal(),
          Tags: toTagList(tags),
        }),
      );
      wasWritten(aws, ARN);
      return ARN;
    } catch (error) {
      const restored = error instanceof InvalidRequestException ? await restore(aws, target) : undefined;
      const made = error instanceof ResourceExistsException ? await madeBefore(aws, target) : undefined;
      const arn = restored ?? made;
      if (arn !== undefined) return arn;
      throw error;
    }
  },

  async update(aws, id, { props, changed }) {
    wasWritten(aws, id);
    if (changed.includes("description")) {
      await aws.secrets.send(new UpdateSecretCommand({ SecretId: id, Description: props.description }));
    }
    if (changed.includes("version") && props.value) await putValue(aws, id, props);
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

/** What this very create has made when it was sent before: AWS refuses the repeat, for its random value is another one. */
async function madeBefore(aws: Aws, { name, token, props }: Target<SecretProps>): Promise<string | undefined> {
  if (!props.generate) return undefined;
  const held = await describeSecret(aws, name);
  if (held?.version !== token) return undefined;
  wasWritten(aws, held.arn);
  return held.arn;
}

/** Takes back a secret of ours that is scheduled for deletion and holds the name; undefined when that is not so. */
async function restore(aws: Aws, { name, tags, props }: Target<SecretProps>): Promise<string | undefined> {
  const held = await describeSecret(aws, name);
  if (!held?.deleting || !sameOwner(held.tags, tags)) return undefined;
  wasWritten(aws, held.arn);
  await aws.secrets.send(new RestoreSecretCommand({ SecretId: held.arn }));
  await aws.secrets.send(new TagResourceCommand({ SecretId: held.arn, Tags: toTagList(tags) }));
  await aws.secrets.send(new UpdateSecretCommand({ SecretId: held.arn, Description: props.description }));
  if (props.value) await putValue(aws, held.arn, props);
  return held.arn;
}

function generated(generate: SecretProps["generate"]): Sensitive {
  const made = Object.entries(generate ?? {}).map(([key, { prefix, bytes }]) => [
    key,
    `${prefix}${randomBytes(bytes).toString("hex")}`,
  ]);
  return new Sensitive(JSON.stringify(Object.fromEntries(made)));
}

function sameOwner(a: Tags, b: Tags): boolean {
  return [tagKeys.cluster, tagKeys.owner, tagKeys.node].every((key) => a[key] !== undefined && a[key] === b[key]);
}

/** A version that exists already is not written again by AWS, nor made current: its label is moved then. */
async function putValue(aws: Aws, SecretId: string, { value, version }: SecretProps): Promise<void> {
  await aws.secrets.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken: version, SecretString: value?.reveal() }),
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
