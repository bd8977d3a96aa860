import type {
  CreatePolicyRequest,
  CreatePolicyVersionRequest,
  DeletePolicyRequest,
  DeletePolicyVersionRequest,
  GetPolicyRequest,
  GetPolicyVersionRequest,
  ListEntitiesForPolicyRequest,
  ListPoliciesRequest,
  ListPolicyVersionsRequest,
  Policy,
  SetDefaultPolicyVersionRequest,
  TagPolicyRequest,
  UntagPolicyRequest,
} from "@aws-sdk/client-iam";
import type { Call } from "../../operation.ts";
import { globalArn, partitionOf } from "../common/arn.ts";
import { fromTags, toTags, without } from "../common/tags.ts";
import { checkDocument, sizeOf } from "./document.ts";
import { awsManagedNames, managedPolicy } from "./managed.ts";
import { markerPage } from "./pages.ts";
import type { PolicyRow, PolicyVersionRow } from "./rows.ts";
import * as rows from "./rows.ts";

/** API_CreatePolicyVersion: "A managed policy can have up to five versions." */
const MAX_VERSIONS = 5;

const notFound = (policyArn: string | undefined) => rows.noSuchEntity(`Policy ${policyArn} was not found.`);

function existing(call: Call, policyArn: string | undefined): PolicyRow {
  const row = rows.policies(call).get(policyArn ?? "");
  if (!row) throw notFound(policyArn);
  return row;
}

function checked(call: Call, document: string | undefined): string {
  const accepted = checkDocument(document, "identity");
  const limit = call.world.quota("iam.managedPolicyCharacters");
  if (sizeOf(accepted) > limit) throw rows.limitExceeded(`Cannot exceed quota for PolicySize: ${limit}`);
  return accepted;
}

const attachedTo = (call: Call, policyArn: string) =>
  rows
    .roles(call)
    .all()
    .filter((role) => role.attached.includes(policyArn));

function describe(call: Call, row: PolicyRow): Policy {
  return {
    PolicyName: row.name,
    PolicyId: row.id,
    Arn: row.arn,
    Path: row.path,
    DefaultVersionId: row.defaultVersion,
    AttachmentCount: attachedTo(call, row.arn).length,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(row.created),
    UpdateDate: new Date(row.updated),
    ...(row.description !== undefined && { Description: row.description }),
    ...(Object.keys(row.tags).length > 0 && { Tags: toTags(row.tags) }),
  };
}

/** API_CreatePolicy. */
export function createPolicy(call: Call, input: CreatePolicyRequest): object {
  const name = input.PolicyName ?? "";
  const path = input.Path ?? "/";
  const policyArn = globalArn(call, "iam", `policy${path}${name}`);
  const table = rows.policies(call);
  if (table.all().some((policy) => policy.name.toLowerCase() === name.toLowerCase())) {
    throw rows.alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const document = checked(call, input.PolicyDocument);
  const limit = call.world.quota("iam.policies");
  if (table.all().length >= limit) throw rows.limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${limit}`);
  const now = call.world.clock.now();
  const row = table.put(policyArn, {
    name,
    path,
    arn: policyArn,
    id: rows.uniqueId(call, "ANPA"),
    created: now,
    updated: now,
    description: input.Description,
    defaultVersion: "v1",
    made: 1,
    versions: [{ id: "v1", document, created: now }],
    tags: fromTags(input.Tags),
  });
  return { Policy: describe(call, row) };
}

/** API_GetPolicy. */
export function getPolicy(call: Call, input: GetPolicyRequest): object {
  const policyArn = input.PolicyArn ?? "";
  const row = rows.policies(call).shown(policyArn);
  if (row) return { Policy: describe(call, row) };
  const own = managedPolicy(call, policyArn);
  if (!own || own.row) throw notFound(policyArn);
  return { Policy: awsOwned(call, policyArn) };
}

const awsOwned = (call: Call, policyArn: string): Policy => ({
  PolicyName: policyArn.split("/").at(-1),
  PolicyId: "ANPAZKAPJZG4EXAMPLE00",
  Arn: policyArn,
  Path: policyArn.includes("/service-role/") ? "/service-role/" : "/",
  DefaultVersionId: "v1",
  AttachmentCount: attachedTo(call, policyArn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
});

/** API_ListPolicies: Scope Local is the account's, AWS is AWS's own. */
export function listPolicies(call: Call, input: ListPoliciesRequest): object {
  const local = rows.policies(call).shownAll();
  const partition = partitionOf(call.region);
  const all: Policy[] = [
    ...(input.Scope === "AWS" ? [] : local.map((row) => describe(call, row))),
    ...(input.Scope === "Local"
      ? []
      : awsManagedNames().map((name) => awsOwned(call, `arn:${partition}:iam::aws:policy/${name}`))),
  ].filter(
    (policy) =>
      (!input.OnlyAttached || (policy.AttachmentCount ?? 0) > 0) &&
      (policy.Path ?? "/").startsWith(input.PathPrefix ?? "/"),
  );
  const { items, rest } = markerPage(all, ({ Arn = "" }) => Arn, input);
  return { Policies: items.map(({ Tags: _, Description: __, ...policy }) => policy), ...rest };
}

/** API_DeletePolicy: not while it is attached or has other versions than the default one. */
export function deletePolicy(call: Call, input: DeletePolicyRequest): undefined {
  const row = existing(call, input.PolicyArn);
  if (attachedTo(call, row.arn).length > 0) {
    throw rows.deleteConflict("Cannot delete a policy attached to entities.");
  }
  if (row.versions.length > 1) {
    throw rows.deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
        "The default version is deleted with the policy.",
    );
  }
  rows.policies(call).remove(row.arn);
}

const describeVersion = (row: PolicyRow, version: PolicyVersionRow) => ({
  VersionId: version.id,
  IsDefaultVersion: version.id === row.defaultVersion,
  CreateDate: new Date(version.created),
});

/** API_CreatePolicyVersion. */
export function createPolicyVersion(call: Call, input: CreatePolicyVersionRequest): object {
  const row = existing(call, input.PolicyArn);
  const document = checked(call, input.PolicyDocument);
  if (row.versions.length >= MAX_VERSIONS) {
    throw rows.limitExceeded(
      `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const version = { id: `v${row.made + 1}`, document, created: call.world.clock.now() };
  rows.policies(call).change(row.arn, (policy) => {
    policy.made++;
    policy.updated = version.created;
    policy.versions = [...policy.versions, version];
    if (input.SetAsDefault) policy.defaultVersion = version.id;
  });
  return { PolicyVersion: describeVersion(existing(call, row.arn), version) };
}

function versionOf(row: PolicyRow, id: string | undefined): PolicyVersionRow {
  const version = row.versions.find((one) => one.id === id);
  if (!version) throw rows.noSuchEntity(`Policy ${row.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

/** API_GetPolicyVersion. */
export function getPolicyVersion(call: Call, input: GetPolicyVersionRequest): object {
  const policyArn = input.PolicyArn ?? "";
  const row = rows.policies(call).shown(policyArn);
  const own = managedPolicy(call, policyArn);
  if (row) {
    const version = versionOf(row, input.VersionId);
    return { PolicyVersion: { ...describeVersion(row, version), Document: rows.encoded(version.document) } };
  }
  if (!own || own.row || input.VersionId !== "v1") throw notFound(policyArn);
  return { PolicyVersion: { VersionId: "v1", IsDefaultVersion: true, Document: rows.encoded(own.document) } };
}

/** API_ListPolicyVersions. */
export function listPolicyVersions(call: Call, input: ListPolicyVersionsRequest): object {
  const row = rows.policies(call).shown(input.PolicyArn ?? "");
  if (!row) throw notFound(input.PolicyArn);
  const { items, rest } = markerPage(row.versions, ({ id }) => id, input);
  return { Versions: items.map((version) => describeVersion(row, version)), ...rest };
}

/** API_DeletePolicyVersion: not the default one. */
export function deletePolicyVersion(call: Call, input: DeletePolicyVersionRequest): undefined {
  const row = existing(call, input.PolicyArn);
  const { id } = versionOf(row, input.VersionId);
  if (id === row.defaultVersion) throw rows.deleteConflict("Cannot delete the default version of a policy.");
  rows.policies(call).change(row.arn, (policy) => {
    policy.versions = policy.versions.filter((version) => version.id !== id);
  });
}

/** API_SetDefaultPolicyVersion. */
export function setDefaultPolicyVersion(call: Call, input: SetDefaultPolicyVersionRequest): undefined {
  const row = existing(call, input.PolicyArn);
  const { id } = versionOf(row, input.VersionId);
  rows.policies(call).change(row.arn, (policy) => {
    policy.defaultVersion = id;
  });
}

/** API_ListEntitiesForPolicy. */
export function listEntitiesForPolicy(call: Call, input: ListEntitiesForPolicyRequest): object {
  const policyArn = input.PolicyArn ?? "";
  if (!managedPolicy(call, policyArn)) throw notFound(policyArn);
  const { items, rest } = markerPage(attachedTo(call, policyArn), ({ name }) => name, input);
  return {
    PolicyGroups: [],
    PolicyUsers: [],
    PolicyRoles: items.map((role) => ({ RoleName: role.name, RoleId: role.id })),
    ...rest,
  };
}

/** API_TagPolicy. */
export function tagPolicy(call: Call, input: TagPolicyRequest): undefined {
  const row = existing(call, input.PolicyArn);
  const tags = rows.mergedTags(row.tags, fromTags(input.Tags));
  rows.policies(call).change(row.arn, (policy) => {
    policy.tags = tags;
  });
}

/** API_UntagPolicy. */
export function untagPolicy(call: Call, input: UntagPolicyRequest): undefined {
  rows.policies(call).change(existing(call, input.PolicyArn).arn, (policy) => {
    policy.tags = without(policy.tags, input.TagKeys);
  });
}
