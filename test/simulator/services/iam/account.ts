import type { GetAccountAuthorizationDetailsRequest } from "@aws-sdk/client-iam";
import type { Call } from "../../operation.ts";
import { toTags } from "../common/tags.ts";
import { markerPage } from "./pages.ts";
import type { PolicyRow, RoleRow } from "./rows.ts";
import * as rows from "./rows.ts";

/**
 * API_GetAccountAuthorizationDetails: roles with their inline policies and attachments, and the account's policies, in
 * one list that is paged as a whole. A RoleDetail has neither description nor session duration.
 */
export function getAccountAuthorizationDetails(call: Call, input: GetAccountAuthorizationDetailsRequest): object {
  const wanted = (type: "Role" | "LocalManagedPolicy") => !input.Filter?.length || input.Filter.includes(type);
  const entries = [
    ...(wanted("Role")
      ? rows
          .roles(call)
          .shownAll()
          .map((role) => ({ key: `1 ${role.name}`, role }))
      : []),
    ...(wanted("LocalManagedPolicy")
      ? rows
          .policies(call)
          .shownAll()
          .map((policy) => ({ key: `2 ${policy.arn}`, policy }))
      : []),
  ];
  const { items, rest } = markerPage<{ key: string; role?: RoleRow; policy?: PolicyRow }>(
    entries,
    ({ key }) => key,
    input,
  );
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: items.flatMap(({ role }) => (role ? [roleDetail(role)] : [])),
    Policies: items.flatMap(({ policy }) => (policy ? [policyDetail(call, policy)] : [])),
    ...rest,
  };
}

function roleDetail(row: RoleRow): object {
  const { Description: _, MaxSessionDuration: __, ...role } = rows.describeRole(row, "whole");
  return {
    ...role,
    Tags: toTags(row.tags),
    InstanceProfileList: [],
    RolePolicyList: Object.entries(row.inline).map(([name, document]) => ({
      PolicyName: name,
      PolicyDocument: rows.encoded(document),
    })),
    AttachedManagedPolicies: rows.attachedPolicies(row),
  };
}

function policyDetail(call: Call, row: PolicyRow): object {
  const attachments = rows
    .roles(call)
    .all()
    .filter((role) => role.attached.includes(row.arn));
  return {
    PolicyName: row.name,
    PolicyId: row.id,
    Arn: row.arn,
    Path: row.path,
    DefaultVersionId: row.defaultVersion,
    AttachmentCount: attachments.length,
    IsAttachable: true,
    CreateDate: new Date(row.created),
    UpdateDate: new Date(row.updated),
    PolicyVersionList: row.versions.map((version) => ({
      VersionId: version.id,
      IsDefaultVersion: version.id === row.defaultVersion,
      CreateDate: new Date(version.created),
      Document: rows.encoded(version.document),
    })),
  };
}
