import type { AttachedPolicy, Role } from "@aws-sdk/client-iam";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { everywhere } from "../common/arn.ts";
import { text } from "../common/random.ts";
import { type TagMap, toTags } from "../common/tags.ts";

type Where = Pick<Call, "world" | "account">;

/** A role; its id in the table is its name. Policies are kept as the JSON text that was sent. */
export interface RoleRow {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly created: number;
  trust: string;
  description: string | undefined;
  maxSessionDuration: number;
  permissionsBoundary: string | undefined;
  inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  attached: readonly string[];
  tags: TagMap;
}

export interface PolicyVersionRow {
  readonly id: string;
  readonly document: string;
  readonly created: number;
}

/** A customer managed policy; its id in the table is its ARN. */
export interface PolicyRow {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly created: number;
  readonly description: string | undefined;
  updated: number;
  defaultVersion: string;
  /** How many versions it ever had: v1, v2 … are not given twice. */
  made: number;
  versions: readonly PolicyVersionRow[];
  tags: TagMap;
}

/** IAM is global: one table for an account's regions. */
export const roles = (call: Where): Table<RoleRow> => call.world.table(everywhere(call), "iam.roles");
export const policies = (call: Where): Table<PolicyRow> => call.world.table(everywhere(call), "iam.policies");

export const noSuchEntity = (message: string) => new AwsError("NoSuchEntityException", message, 404);
export const alreadyExists = (message: string) => new AwsError("EntityAlreadyExistsException", message, 409);
export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message, 409);
export const deleteConflict = (message: string) => new AwsError("DeleteConflictException", message, 409);
export const roleNotFound = (name: string) => noSuchEntity(`The role with name ${name} cannot be found.`);

export function existingRole(call: Where, name: string | undefined): RoleRow {
  const row = roles(call).get(name ?? "");
  if (!row) throw roleNotFound(name ?? "");
  return row;
}

export function shownRole(call: Where, name: string | undefined): RoleRow {
  const row = roles(call).shown(name ?? "");
  if (!row) throw roleNotFound(name ?? "");
  return row;
}

/** Role named by an ARN, as other services see it by now: undefined while it is too new (IAM is eventually consistent). */
export function assumableRole(call: Where, roleArn: string): RoleRow | undefined {
  return roles(call)
    .shownAll()
    .find((role) => role.arn === roleArn);
}

const ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** IAM User Guide, "IAM identifiers": AROA for roles, ANPA for managed policies, and 17 characters. */
export const uniqueId = (call: Where, prefix: "AROA" | "ANPA" | "ASIA"): string => prefix + text(call.world, 17, ID);

/** Documents come back as RFC 3986 percent-encoded text (API_GetRole, API_GetRolePolicy). */
export const encoded = (document: string): string =>
  encodeURIComponent(document).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** API_Role. Lists leave tags, boundary and last use out (API_ListRoles). */
export function describeRole(row: RoleRow, detail: "whole" | "listed"): Role {
  return {
    Path: row.path,
    RoleName: row.name,
    RoleId: row.id,
    Arn: row.arn,
    CreateDate: new Date(row.created),
    AssumeRolePolicyDocument: encoded(row.trust),
    MaxSessionDuration: row.maxSessionDuration,
    ...(row.description !== undefined && { Description: row.description }),
    ...(detail === "whole" && {
      RoleLastUsed: {},
      ...(Object.keys(row.tags).length > 0 && { Tags: toTags(row.tags) }),
      ...(row.permissionsBoundary !== undefined && {
        PermissionsBoundary: {
          PermissionsBoundaryType: "Policy" as "PermissionsBoundaryPolicy",
          PermissionsBoundaryArn: row.permissionsBoundary,
        },
      }),
    }),
  };
}

export const attachedPolicies = (row: RoleRow): AttachedPolicy[] =>
  row.attached.map((policyArn) => ({ PolicyName: policyArn.split("/").at(-1) ?? "", PolicyArn: policyArn }));

/** Tags of IAM: 50 at most, keys without regard to case (API_TagRole). */
export function mergedTags(held: TagMap, added: TagMap): TagMap {
  const merged: Record<string, string> = { ...held };
  for (const [key, value] of Object.entries(added)) {
    const same = Object.keys(merged).find((other) => other.toLowerCase() === key.toLowerCase());
    if (same !== undefined && same !== key) delete merged[same];
    merged[key] = value;
  }
  if (Object.keys(merged).length > 50) throw limitExceeded("Cannot exceed quota for TagsPerRole: 50");
  return merged;
}
