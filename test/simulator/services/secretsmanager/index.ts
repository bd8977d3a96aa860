import type { Operations } from "../../operation.ts";
import { describeSecret, listSecrets } from "./describe.ts";
import * as lifecycle from "./lifecycle.ts";
import * as versions from "./versions.ts";

/** Secrets Manager. Source of the rules: AWS Secrets Manager API Reference, 2017-10-17. */
export const operations: Operations = {
  CreateSecret: lifecycle.createSecret,
  DeleteSecret: lifecycle.deleteSecret,
  DescribeSecret: describeSecret,
  GetSecretValue: versions.getSecretValue,
  ListSecretVersionIds: versions.listSecretVersionIds,
  ListSecrets: listSecrets,
  PutSecretValue: versions.putSecretValue,
  RestoreSecret: lifecycle.restoreSecret,
  TagResource: lifecycle.tagResource,
  UntagResource: lifecycle.untagResource,
  UpdateSecret: lifecycle.updateSecret,
  UpdateSecretVersionStage: versions.updateSecretVersionStage,
};
