import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { classify, describe, failedCall } from "./errors.ts";

/** Sessions by role chaining last an hour at most (IAM user guide, "Role chaining"). */
const SESSION_SECONDS = 3600;
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * The operator cannot act in an account: credentials missing, expired, wrong, or a role that does not trust it. Not
 * terminal, because the remedy lies outside of the object: it is tried again.
 */
export class CredentialsInvalid extends Error {
  // The name by which errors are classified as "credentials".
  override readonly name = "CredentialsError";
  readonly reason = "CredentialsInvalid";
}

export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  /** 2 to 64 characters of [\w+=,.@-]: who acted, in CloudTrail. */
  readonly sessionName: string;
}

/**
 * Credentials of an assumed role, renewed five minutes before their end on the operator's clock. Concurrent callers
 * share one request.
 * @throws CredentialsInvalid when STS refuses; AWS's own error when STS cannot be reached.
 */
export function assumedRole(sts: STSClient, role: AssumedRole, clock: Clock): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let renewAt = 0;
  const renew = async (): Promise<AwsCredentialIdentity> => {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName,
        DurationSeconds: SESSION_SECONDS,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      }),
    );
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
      throw new CredentialsInvalid(`sts:AssumeRole of ${role.roleArn} answered without credentials`);
    }
    renewAt = (Credentials.Expiration?.getTime() ?? clock.now() + SESSION_SECONDS * 1000) - RENEW_BEFORE_MS;
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      // Already over, as the SDK sees it: so it asks here before each request, and only this clock decides.
      expiration: new Date(0),
    };
  };
  return async () => {
    if (!current || clock.now() >= renewAt) {
      renewAt = Number.POSITIVE_INFINITY;
      const renewal = renew().catch((error: unknown) => {
        if (current === renewal) current = undefined;
        throw asCredentialsInvalid(error, `the role ${role.roleArn} cannot be assumed`);
      });
      current = renewal;
    }
    return current;
  };
}

/** The error as CredentialsInvalid where it says that; any other (throttle, network) as it is. */
export function asCredentialsInvalid(error: unknown, what: string): unknown {
  const meaning = classify(error);
  const refusedRole = meaning === "denied" && failedCall(error)?.service === "sts";
  if (error instanceof CredentialsInvalid || (meaning !== "credentials" && !refusedRole)) return error;
  return new CredentialsInvalid(`${what}: ${describe(error).what}`, { cause: error });
}
