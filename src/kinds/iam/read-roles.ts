import {
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import type { Tags } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList } from "../tags.ts";
import { decodePolicy, type PolicyDocument } from "./policy-document.ts";

/** A role with all its policies: what several calls tell of it, in one. */
export interface WholeRole {
  readonly arn: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly managedPolicyArns: readonly string[];
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
  readonly tags: Tags;
}

/** Path of all roles that the operator makes: its own IAM policy lets it change and pass no others. */
export const ROLE_PATH = "/agentorchestrator/";

/** From this many roles on, one look at all roles of the account costs less than four calls for each. */
const ALL_AT_ONCE = 4;

/** More roles than a listing misses because others are made or deleted between its pages. */
const MISSED = 8;

/** A role by name, or undefined when there is none. */
export const wholeRole = batched<WholeRole>({
  max: Number.POSITIVE_INFINITY,
  read: async (aws, names) => {
    const found = names.length >= ALL_AT_ONCE ? await readAll(aws, names) : new Map<string, WholeRole>();
    // What the listing does not show is asked for by name, unless so much is missing that it cannot have come and gone
    // while the pages were read: roles that nobody has made yet.
    const missing = names.filter((name) => !found.has(name));
    if (missing.length > MISSED && names.length >= ALL_AT_ONCE) return found;
    await Promise.all(
      missing.map(async (name) => {
        const role = await readOne(aws, name);
        if (role) found.set(name, role);
      }),
    );
    return found;
  },
});

/** GetAccountAuthorizationDetails tells all but the description, which ListRoles tells, here of our own roles. */
async function readAll(aws: Aws, names: readonly string[]): Promise<Map<string, WholeRole>> {
  const [details, descriptions] = await Promise.all([detailsOf(aws, names), descriptionsOf(aws, names)]);
  const found = new Map<string, WholeRole>();
  for (const [name, detail] of details) {
    const description = descriptions.get(name);
    if (description === undefined) continue;
    found.set(name, {
      arn: detail.Arn ?? "",
      description,
      trust: decodePolicy(detail.AssumeRolePolicyDocument),
      managedPolicyArns: (detail.AttachedManagedPolicies ?? []).map((policy) => policy.PolicyArn ?? ""),
      policies: (detail.RolePolicyList ?? []).map(({ PolicyName = "", PolicyDocument }) => ({
        name: PolicyName,
        document: decodePolicy(PolicyDocument),
      })),
      tags: fromTagList(detail.Tags),
    });
  }
  return found;
}

async function detailsOf(aws: Aws, names: readonly string[]): Promise<Map<string, RoleDetail>> {
  const page = async (Marker?: string) => {
    const answer = await aws.iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ["Role"], MaxItems: 1000, ...(Marker && { Marker }) }),
    );
    return { items: (answer.RoleDetailList ?? []).map((role) => [role.RoleName ?? "", role] as const), ...answer };
  };
  return collect(names, page);
}

async function descriptionsOf(aws: Aws, names: readonly string[]): Promise<Map<string, string>> {
  const page = async (Marker?: string) => {
    const answer = await aws.iam.send(
      new ListRolesCommand({ PathPrefix: ROLE_PATH, MaxItems: 1000, ...(Marker && { Marker }) }),
    );
    return {
      items: (answer.Roles ?? []).map((role) => [role.RoleName ?? "", role.Description ?? ""] as const),
      ...answer,
    };
  };
  return collect(names, page);
}

interface Page<T> {
  readonly items: readonly (readonly [name: string, item: T])[];
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** Pages until all names are found; gives up after as many pages as there are names, when asking singly costs less. */
async function collect<T>(
  names: readonly string[],
  page: (marker?: string) => Promise<Page<T>>,
): Promise<Map<string, T>> {
  const wanted = new Set(names);
  const found = new Map<string, T>();
  let marker: string | undefined;
  for (let pages = 0; pages < names.length && found.size < wanted.size; pages++) {
    const { items, IsTruncated, Marker } = await page(marker);
    for (const [name, item] of items) if (wanted.has(name)) found.set(name, item);
    if (!IsTruncated || !Marker) break;
    marker = Marker;
  }
  return found;
}

function readOne(aws: Aws, RoleName: string): Promise<WholeRole | undefined> {
  return unlessNotFound(
    (async () => {
      const { Role: role } = await aws.iam.send(new GetRoleCommand({ RoleName }));
      const [{ AttachedPolicies = [] }, { PolicyNames = [] }] = await Promise.all([
        aws.iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
        aws.iam.send(new ListRolePoliciesCommand({ RoleName })),
      ]);
      // One that is listed and not there any more says nothing about the role.
      const documents = await Promise.all(
        PolicyNames.map((PolicyName) =>
          unlessNotFound(aws.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
        ),
      );
      return {
        arn: role?.Arn ?? "",
        description: role?.Description ?? "",
        trust: decodePolicy(role?.AssumeRolePolicyDocument),
        managedPolicyArns: AttachedPolicies.map((policy) => policy.PolicyArn ?? ""),
        policies: documents.flatMap((policy) =>
          policy ? [{ name: policy.PolicyName ?? "", document: decodePolicy(policy.PolicyDocument) }] : [],
        ),
        tags: fromTagList(role?.Tags),
      };
    })(),
  );
}
