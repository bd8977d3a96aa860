import type { Call } from "../../operation.ts";
import { list, type Statement, statementsOf } from "./document.ts";
import { conditionsHold, type Decision, evaluate, type Request } from "./evaluate.ts";
import { managedPolicy } from "./managed.ts";
import { assumableRole, type RoleRow } from "./rows.ts";

type Where = Pick<Call, "world" | "account">;

/** All statements of a role's inline and attached policies. */
export function roleStatements(call: Where, role: RoleRow): readonly Statement[] {
  const attached = role.attached.flatMap((policyArn) => managedPolicy(call, policyArn)?.document ?? []);
  return [...Object.values(role.inline), ...attached].flatMap((document) => statementsOf(document));
}

/** What a role may do: its permissions boundary, where it has one, has to allow it as well. */
export function roleDecision(call: Where, role: RoleRow, request: Request): Decision {
  const decision = evaluate(roleStatements(call, role), request);
  const boundary = role.permissionsBoundary && managedPolicy(call, role.permissionsBoundary);
  if (decision !== "allow" || !boundary) return decision;
  return evaluate(statementsOf(boundary.document), request);
}

/** Whether a service can assume a role by now (IAM User Guide, "The confused deputy problem": source conditions). */
export function serviceCanAssume(
  call: Where,
  roleArn: string,
  service: string,
  context: Readonly<Record<string, string>>,
): boolean {
  const role = assumableRole(call, roleArn);
  return (
    role !== undefined &&
    statementsOf(role.trust).some(
      ({ Effect, Principal, Condition }) =>
        Effect === "Allow" &&
        (Principal === "*" || list(Principal?.Service).includes(service)) &&
        conditionsHold(Condition, context),
    )
  );
}
