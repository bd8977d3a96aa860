import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import { AwsError, type Call, type Operations } from "../../operation.ts";
import { sessions } from "../../sessions.ts";
import { partitionOf } from "../common/arn.ts";
import { text } from "../common/random.ts";
import { list, type Statement, statementsOf } from "../iam/document.ts";
import { conditionsHold } from "../iam/evaluate.ts";
import { roles, uniqueId } from "../iam/rows.ts";

const ROLE = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * API_AssumeRole. Whether the role is missing or does not trust the caller is not told apart. The external id is a
 * condition of the trust policy (IAM User Guide, "The confused deputy problem"). Role trust is read as it is shown:
 * "changes … can take time to become visible".
 */
function assumeRole(call: Call, input: AssumeRoleRequest): object {
  const roleArn = input.RoleArn ?? "";
  const [, account = "", name = ""] = ROLE.exec(roleArn) ?? [];
  const role = roles({ world: call.world, account }).shown(name);
  if (role?.arn !== roleArn || !trusts(statementsOf(role.trust), call, input)) {
    throw new AwsError(
      "AccessDenied",
      `User: ${call.principal} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  const seconds = input.DurationSeconds ?? 3600;
  if (seconds > role.maxSessionDuration) {
    throw new AwsError(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  const session = {
    accessKeyId: uniqueId(call, "ASIA").slice(0, 20),
    sessionToken: text(call.world, 356, BASE64),
    account,
    principal: `arn:${partitionOf(call.region)}:sts::${account}:assumed-role/${name}/${input.RoleSessionName}`,
    expiresAt: call.world.clock.now() + seconds * 1000,
  };
  sessions(call.world).add(session);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: text(call.world, 40, BASE64),
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${input.RoleSessionName}`, Arn: session.principal },
  };
}

function trusts(statements: readonly Statement[], call: Call, input: AssumeRoleRequest): boolean {
  const context = {
    "aws:PrincipalAccount": call.account,
    "aws:PrincipalArn": call.principal,
    "sts:RoleSessionName": input.RoleSessionName ?? "",
    ...(input.ExternalId !== undefined && { "sts:ExternalId": input.ExternalId }),
  };
  const matching = statements.filter(
    (statement) =>
      list(statement.Action).some((action) => ["sts:assumerole", "sts:*", "*"].includes(action.toLowerCase())) &&
      isPrincipal(statement.Principal, call) &&
      conditionsHold(statement.Condition, context),
  );
  return matching.length > 0 && matching.every(({ Effect }) => Effect === "Allow");
}

/** IAM User Guide, "Principal": an account stands for all its principals; a role for its sessions. */
function isPrincipal(principal: Statement["Principal"], call: Call): boolean {
  if (principal === "*") return true;
  const [, session] = /:assumed-role\/([^/]+)\//.exec(call.principal) ?? [];
  return list(principal?.AWS).some(
    (id) =>
      id === "*" ||
      id === call.account ||
      id.endsWith(`::${call.account}:root`) ||
      id === call.principal ||
      (session !== undefined && new RegExp(`::${call.account}:role/(.*/)?${session}$`).test(id)),
  );
}

/** API_GetCallerIdentity: no permission is needed. */
function getCallerIdentity(call: Call): object {
  const session = call.principal.split("/").at(-1);
  const root = call.principal.endsWith(":root");
  return {
    Account: call.account,
    Arn: call.principal,
    UserId: root ? call.account : `AROASIMULATEDPRINCIPAL:${session}`,
  };
}

/** STS. Source of the rules: AWS Security Token Service API Reference, 2011-06-15. */
export const operations: Operations = { AssumeRole: assumeRole, GetCallerIdentity: getCallerIdentity };
