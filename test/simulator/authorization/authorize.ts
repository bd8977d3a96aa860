import { AwsError, type Call } from "../operation.ts";
import type { Authorize } from "../service.ts";
import type { TagMap } from "../services/common/tags.ts";
import type { Statement } from "../services/iam/document.ts";
import { evaluate } from "../services/iam/evaluate.ts";
import { roleDecision, roleStatements } from "../services/iam/identity.ts";
import { roles } from "../services/iam/rows.ts";
import { needsOf } from "./needs.ts";
import type { Input, Need } from "./resource.ts";

/**
 * Holds the caller to the policies of its role, when the world enforces them: IAM User Guide, "Policy evaluation logic".
 * The root of an account may do everything.
 */
export const authorize: Authorize = (call, service, action, input) => {
  if (!call.world.enforceIam || call.principal.endsWith(":root")) return;
  for (const need of needsOf(call, service, action, input as Input)) {
    const decision = decide(call, need);
    if (decision !== "allow") throw denied(call, service, need, decision);
  }
};

function decide(call: Call, need: Need) {
  const request = { action: need.action, resource: need.resource, context: contextOf(call, need) };
  const name = /:assumed-role\/([^/]+)\//.exec(call.principal)?.[1];
  const role = name === undefined ? undefined : roles(call).shown(name);
  if (!role) return evaluate([], request);
  if (!need.missing) return roleDecision(call, role, request);
  const allowing = roleStatements(call, role).filter(({ Effect }) => Effect === "Allow");
  return evaluate(allowing.map(anywhere), request);
}

/** A statement's actions, on every resource and under every condition. */
function anywhere({ Resource: _, NotResource: __, Condition: ___, ...statement }: Statement): Statement {
  return { ...statement, Resource: "*" };
}

/** IAM User Guide, "AWS global condition context keys". */
function contextOf(call: Call, need: Need): Record<string, string | readonly string[]> {
  const prefixed = (prefix: string, tags: TagMap = {}) =>
    Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value] as const);
  const [service] = need.action.split(":");
  return {
    "aws:PrincipalAccount": call.account,
    "aws:PrincipalArn": call.principal,
    "aws:ResourceAccount": call.account,
    "aws:RequestedRegion": call.region,
    ...need.context,
    ...Object.fromEntries(prefixed("aws:ResourceTag", need.tags)),
    ...Object.fromEntries(prefixed(`${service}:ResourceTag`, need.tags)),
    ...Object.fromEntries(prefixed("aws:RequestTag", need.requestTags)),
    ...(need.requestTags && { "aws:TagKeys": Object.keys(need.requestTags) }),
  };
}

/** IAM User Guide, "Troubleshoot access denied error messages"; the code is each service's own. */
function denied(call: Call, service: string, need: Need, decision: "explicitDeny" | "implicitDeny"): AwsError {
  const why =
    decision === "explicitDeny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${need.action} action`;
  const resource =
    need.resource === "*" ? "" : ` on resource: ${service === "s3" ? `"${need.resource}"` : need.resource}`;
  const words = `User: ${call.principal} is not authorized to perform: ${need.action}${resource} ${why}`;
  if (service === "ec2") {
    return new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation. ${words}.`, 403);
  }
  const query = ["elasticache", "elasticloadbalancing", "iam", "rds", "s3", "sts"].includes(service);
  const status = query || service === "elasticfilesystem" ? 403 : 400;
  return new AwsError(query ? "AccessDenied" : "AccessDeniedException", words, status);
}
