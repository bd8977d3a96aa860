import type {
  AttachRolePolicyRequest,
  DeleteRolePolicyRequest,
  DetachRolePolicyRequest,
  GetRolePolicyRequest,
  ListAttachedRolePoliciesRequest,
  ListRolePoliciesRequest,
  PutRolePolicyRequest,
} from "@aws-sdk/client-iam";
import type { Call } from "../../operation.ts";
import { without } from "../common/tags.ts";
import { checkDocument, sizeOf } from "./document.ts";
import { managedPolicy } from "./managed.ts";
import { markerPage } from "./pages.ts";
import * as rows from "./rows.ts";

const policyNotFound = (name: string | undefined) =>
  rows.noSuchEntity(`The role policy with name ${name} cannot be found.`);

/** API_PutRolePolicy: adds or replaces; all inline policies of a role share 10,240 characters. */
export function putRolePolicy(call: Call, input: PutRolePolicyRequest): undefined {
  const role = rows.existingRole(call, input.RoleName);
  const name = input.PolicyName ?? "";
  const document = checkDocument(input.PolicyDocument, "identity");
  const inline = { ...role.inline, [name]: document };
  const limit = call.world.quota("iam.inlinePolicyCharacters");
  const size = Object.values(inline).reduce((sum, one) => sum + sizeOf(one), 0);
  if (size > limit) throw rows.limitExceeded(`Maximum policy size of ${limit} bytes exceeded for role ${role.name}`);
  rows.roles(call).change(role.name, (row) => {
    row.inline = inline;
  });
}

/** API_GetRolePolicy. */
export function getRolePolicy(call: Call, input: GetRolePolicyRequest): object {
  const role = rows.shownRole(call, input.RoleName);
  const document = role.inline[input.PolicyName ?? ""];
  if (document === undefined) throw policyNotFound(input.PolicyName);
  return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: rows.encoded(document) };
}

/** API_ListRolePolicies. */
export function listRolePolicies(call: Call, input: ListRolePoliciesRequest): object {
  const names = Object.keys(rows.shownRole(call, input.RoleName).inline);
  const { items, rest } = markerPage(names, (name) => name, input);
  return { PolicyNames: [...items], ...rest };
}

/** API_DeleteRolePolicy. */
export function deleteRolePolicy(call: Call, input: DeleteRolePolicyRequest): undefined {
  const role = rows.existingRole(call, input.RoleName);
  const name = input.PolicyName ?? "";
  if (role.inline[name] === undefined) throw policyNotFound(name);
  rows.roles(call).change(role.name, (row) => {
    row.inline = without(row.inline, [name]);
  });
}

/** API_AttachRolePolicy: attaching what is attached changes nothing; 10 to a role by quota. */
export function attachRolePolicy(call: Call, input: AttachRolePolicyRequest): undefined {
  const role = rows.existingRole(call, input.RoleName);
  const policyArn = input.PolicyArn ?? "";
  if (!managedPolicy(call, policyArn)) {
    throw rows.noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`);
  }
  if (role.attached.includes(policyArn)) return;
  const limit = call.world.quota("iam.policiesPerRole");
  if (role.attached.length >= limit) throw rows.limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${limit}`);
  rows.roles(call).change(role.name, (row) => {
    row.attached = [...row.attached, policyArn];
  });
}

/** API_DetachRolePolicy. */
export function detachRolePolicy(call: Call, input: DetachRolePolicyRequest): undefined {
  const role = rows.existingRole(call, input.RoleName);
  const policyArn = input.PolicyArn ?? "";
  if (!role.attached.includes(policyArn)) throw rows.noSuchEntity(`Policy ${policyArn} was not found.`);
  rows.roles(call).change(role.name, (row) => {
    row.attached = row.attached.filter((held) => held !== policyArn);
  });
}

/** API_ListAttachedRolePolicies. */
export function listAttachedRolePolicies(call: Call, input: ListAttachedRolePoliciesRequest): object {
  const attached = rows.attachedPolicies(rows.shownRole(call, input.RoleName));
  const { items, rest } = markerPage(attached, ({ PolicyArn = "" }) => PolicyArn, input);
  return { AttachedPolicies: [...items], ...rest };
}
