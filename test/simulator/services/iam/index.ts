import type { Operations } from "../../operation.ts";
import { getAccountAuthorizationDetails } from "./account.ts";
import * as policies from "./policies.ts";
import * as rolePolicies from "./role-policies.ts";
import * as roles from "./roles.ts";

/** IAM: roles and policies. Source of the rules: IAM API Reference, 2010-05-08. */
export const operations: Operations = {
  AttachRolePolicy: rolePolicies.attachRolePolicy,
  CreatePolicy: policies.createPolicy,
  CreatePolicyVersion: policies.createPolicyVersion,
  CreateRole: roles.createRole,
  CreateServiceLinkedRole: roles.createServiceLinkedRole,
  DeletePolicy: policies.deletePolicy,
  DeletePolicyVersion: policies.deletePolicyVersion,
  DeleteRole: roles.deleteRole,
  DeleteRolePolicy: rolePolicies.deleteRolePolicy,
  DetachRolePolicy: rolePolicies.detachRolePolicy,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  GetPolicy: policies.getPolicy,
  GetPolicyVersion: policies.getPolicyVersion,
  GetRole: roles.getRole,
  GetRolePolicy: rolePolicies.getRolePolicy,
  ListAttachedRolePolicies: rolePolicies.listAttachedRolePolicies,
  ListEntitiesForPolicy: policies.listEntitiesForPolicy,
  ListInstanceProfilesForRole: roles.listInstanceProfilesForRole,
  ListPolicies: policies.listPolicies,
  ListPolicyVersions: policies.listPolicyVersions,
  ListRolePolicies: rolePolicies.listRolePolicies,
  ListRoles: roles.listRoles,
  ListRoleTags: roles.listRoleTags,
  PutRolePolicy: rolePolicies.putRolePolicy,
  SetDefaultPolicyVersion: policies.setDefaultPolicyVersion,
  TagPolicy: policies.tagPolicy,
  TagRole: roles.tagRole,
  UntagPolicy: policies.untagPolicy,
  UntagRole: roles.untagRole,
  UpdateAssumeRolePolicy: roles.updateAssumeRolePolicy,
  UpdateRole: roles.updateRole,
};
