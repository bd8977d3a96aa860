import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import type { Aws } from "../../aws/aws.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { type PolicyDocument, samePolicy } from "./policy-document.ts";
import { ROLE_PATH, wholeRole } from "./read-roles.ts";

export interface RoleProps {
  /** Who may assume it. */
  readonly trust: PolicyDocument;
  /** Exactly these are attached: another one is drift. */
  readonly managedPolicyArns: readonly string[];
  /** Exactly these inline policies: another one is drift. */
  readonly policies: readonly InlinePolicy[];
  readonly description: string;
}

export interface InlinePolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

export interface RoleOutputs {
  readonly roleArn: string;
  readonly roleName: string;
}

/** Its id is its name. Its inline policies and attachments belong to it. */
export const role: Kind<RoleProps, RoleOutputs> = {
  type: "AWS::IAM::Role",
  identity: "naturalKey",
  createOnly: [],
  same: {
    trust: (desired, live) => samePolicy(desired.trust, live.trust),
    managedPolicyArns: asSet("managedPolicyArns"),
    policies: (desired, live) =>
      desired.policies.length === live.policies?.length &&
      desired.policies.every((policy) => samePolicy(policy.document, documentOf(live.policies, policy.name))),
  },
  timing: { pollSeconds: 2, usually: "about 10 seconds until other services can assume it" },

  async find(aws, { name }) {
    const found = await wholeRole(aws, name);
    return found ? [{ id: name, tags: found.tags }] : [];
  },

  async observe(aws, id) {
    const found = await wholeRole(aws, id);
    if (!found) return undefined;
    const { arn, tags, ...live } = found;
    return { phase: "ready", live, tags, outputs: { roleArn: arn, roleName: id } };
  },

  async create(aws, { name, tags, props }) {
    await aws.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Path: ROLE_PATH,
        AssumeRolePolicyDocument: JSON.stringify(props.trust),
        Description: props.description,
        Tags: toTagList(tags),
      }),
    );
    await afterCreate(async () => {
      await putPolicies(aws, name, props.policies, []);
      await attach(aws, name, props.managedPolicyArns, []);
    });
    return name;
  },

  /** Policies are compared with what stands now, not with the last look, so that a repeated update removes nothing twice. */
  async update(aws, id, { props, changed }) {
    if (changed.includes("trust")) {
      const PolicyDocument = JSON.stringify(props.trust);
      await aws.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument }));
    }
    if (changed.includes("description")) {
      await aws.iam.send(new UpdateRoleCommand({ RoleName: id, Description: props.description }));
    }
    if (!changed.includes("policies") && !changed.includes("managedPolicyArns")) return;
    const live = await wholeRole(aws, id);
    if (changed.includes("policies")) await putPolicies(aws, id, props.policies, live?.policies ?? []);
    if (changed.includes("managedPolicyArns")) {
      await attach(aws, id, props.managedPolicyArns, live?.managedPolicyArns ?? []);
    }
  },

  /** IAM deletes only a role without policies. */
  async delete(aws, id) {
    const found = await wholeRole(aws, id);
    await putPolicies(aws, id, [], found?.policies ?? []);
    await attach(aws, id, [], found?.managedPolicyArns ?? []);
    await aws.iam.send(new DeleteRoleCommand({ RoleName: id }));
  },

  async tag(aws, id, tags) {
    await aws.iam.send(new TagRoleCommand({ RoleName: id, Tags: toTagList(tags) }));
  },
};

function documentOf(policies: readonly InlinePolicy[] | undefined, name: string): PolicyDocument | undefined {
  return policies?.find((policy) => policy.name === name)?.document;
}

/** Puts first, then removes, so that what a running task may do never falls short in between. */
async function putPolicies(
  aws: Aws,
  RoleName: string,
  desired: readonly InlinePolicy[],
  live: readonly InlinePolicy[],
): Promise<void> {
  for (const { name: PolicyName, document } of desired) {
    if (samePolicy(document, documentOf(live, PolicyName))) continue;
    const PolicyDocument = JSON.stringify(document);
    await aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  for (const { name: PolicyName } of live) {
    if (documentOf(desired, PolicyName)) continue;
    await aws.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  }
}

async function attach(aws: Aws, RoleName: string, desired: readonly string[], live: readonly string[]): Promise<void> {
  for (const PolicyArn of desired) {
    if (!live.includes(PolicyArn)) await aws.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  for (const PolicyArn of live) {
    if (!desired.includes(PolicyArn)) await aws.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  }
}
