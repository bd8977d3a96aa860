import type { Sensitive } from "../../graph/ref.ts";
import type { Kind } from "../kind.ts";

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

const notYet = async (): Promise<never> => {
  throw new Error("AWS::SecretsManager::Secret is not written yet");
};

export const secret: Kind<SecretProps, SecretOutputs> = {
  type: "AWS::SecretsManager::Secret",
  identity: "token",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
