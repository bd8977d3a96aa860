import type {
  CreateRoleRequest,
  CreateServiceLinkedRoleRequest,
  DeleteRoleRequest,
  GetRoleRequest,
  ListRolesRequest,
  ListRoleTagsRequest,
  TagRoleRequest,
  UntagRoleRequest,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleRequest,
} from "@aws-sdk/client-iam";
import { AwsError, type Call } from "../../operation.ts";
import { globalArn } from "../common/arn.ts";
import { fromTags, toTags, without } from "../common/tags.ts";
import { checkDocument, sizeOf } from "./document.ts";
import { markerPage } from "./pages.ts";
import * as rows from "./rows.ts";

function checkedTrust(call: Call, document: string | undefined): string {
  const trust = checkDocument(document, "trust");
  const limit = call.world.quota("iam.trustPolicyCharacters");
  if (sizeOf(trust) > limit) throw rows.limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${limit}`);
  return trust;
}

/** API_CreateRole: names are unique in the account without regard to case. */
export function createRole(call: Call, input: CreateRoleRequest): object {
  const name = input.RoleName ?? "";
  const table = rows.roles(call);
  if (table.all().some((role) => role.name.toLowerCase() === name.toLowerCase())) {
    throw rows.alreadyExists(`Role with name ${name} already exists.`);
  }
  const trust = checkedTrust(call, input.AssumeRolePolicyDocument);
  const limit = call.world.quota("iam.roles");
  if (table.all().length >= limit) throw rows.limitExceeded(`Cannot exceed quota for RolesPerAccount: ${limit}`);
  const path = input.Path ?? "/";
  const row = table.put(name, {
    name,
    path,
    arn: globalArn(call, "iam", `role${path}${name}`),
    id: rows.uniqueId(call, "AROA"),
    created: call.world.clock.now(),
    trust,
    description: input.Description,
    maxSessionDuration: input.MaxSessionDuration ?? 3600,
    permissionsBoundary: input.PermissionsBoundary,
    inline: {},
    attached: [],
    tags: rows.mergedTags({}, fromTags(input.Tags)),
  });
  const { RoleLastUsed: _, ...role } = rows.describeRole(row, "whole");
  return { Role: role };
}

/** API_CreateServiceLinkedRole. */
export function createServiceLinkedRole(call: Call, input: CreateServiceLinkedRoleRequest): object {
  const service = input.AWSServiceName ?? "";
  const names: Readonly<Record<string, string>> = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "elasticfilesystem.amazonaws.com": "AWSServiceRoleForAmazonElasticFileSystem",
  };
  const name = names[service];
  if (name === undefined) {
    throw new AwsError("NoSuchEntityException", `The service ${service} does not have a service-linked role.`, 404);
  }
  if (rows.roles(call).get(name)) {
    throw new AwsError(
      "InvalidInputException",
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
    );
  }
  return createRole(call, {
    RoleName: name,
    Path: `/aws-service-role/${service}/`,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    }),
    Description: input.Description,
  });
}

/** API_GetRole. */
export function getRole(call: Call, input: GetRoleRequest): object {
  return { Role: rows.describeRole(rows.shownRole(call, input.RoleName), "whole") };
}

/** API_ListRoles: 100 a page. */
export function listRoles(call: Call, input: ListRolesRequest): object {
  const matching = rows
    .roles(call)
    .shownAll()
    .filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
  const { items, rest } = markerPage(matching, (role) => role.name, input);
  return { Roles: items.map((role) => rows.describeRole(role, "listed")), ...rest };
}

/** API_UpdateRole: description and session duration. */
export function updateRole(call: Call, input: UpdateRoleRequest): object {
  rows.roles(call).change(rows.existingRole(call, input.RoleName).name, (role) => {
    role.description = input.Description ?? role.description;
    role.maxSessionDuration = input.MaxSessionDuration ?? role.maxSessionDuration;
  });
  return {};
}

/** API_UpdateAssumeRolePolicy. */
export function updateAssumeRolePolicy(call: Call, input: UpdateAssumeRolePolicyRequest): undefined {
  const { name } = rows.existingRole(call, input.RoleName);
  const trust = checkedTrust(call, input.PolicyDocument);
  rows.roles(call).change(name, (role) => {
    role.trust = trust;
  });
}

/** API_DeleteRole: inline policies and attachments have to go first. */
export function deleteRole(call: Call, input: DeleteRoleRequest): undefined {
  const role = rows.existingRole(call, input.RoleName);
  if (role.attached.length > 0) throw rows.deleteConflict("Cannot delete entity, must detach all policies first.");
  if (Object.keys(role.inline).length > 0)
    throw rows.deleteConflict("Cannot delete entity, must delete policies first.");
  rows.roles(call).remove(role.name);
}

/** API_TagRole. */
export function tagRole(call: Call, input: TagRoleRequest): undefined {
  const row = rows.existingRole(call, input.RoleName);
  const tags = rows.mergedTags(row.tags, fromTags(input.Tags));
  rows.roles(call).change(row.name, (role) => {
    role.tags = tags;
  });
}

/** API_UntagRole. */
export function untagRole(call: Call, input: UntagRoleRequest): undefined {
  rows.roles(call).change(rows.existingRole(call, input.RoleName).name, (role) => {
    role.tags = without(role.tags, input.TagKeys);
  });
}

/** API_ListRoleTags: 100 a page. */
export function listRoleTags(call: Call, input: ListRoleTagsRequest): object {
  const { items, rest } = markerPage(toTags(rows.shownRole(call, input.RoleName).tags), ({ Key }) => Key, input);
  return { Tags: items, ...rest };
}

/** API_ListInstanceProfilesForRole: there are no instances here, so no role is in a profile. */
export function listInstanceProfilesForRole(call: Call, input: { RoleName?: string }): object {
  rows.shownRole(call, input.RoleName);
  return { InstanceProfiles: [], IsTruncated: false };
}
