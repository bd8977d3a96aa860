import { AwsError, type Call } from "../../operation.ts";
import * as rows from "./rows.ts";

interface Named {
  readonly repositoryName?: string | undefined;
}

const invalidLifecycle = (why: string) =>
  rows.invalid(
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${why}'`,
  );

interface Rule {
  readonly rulePriority?: number;
  readonly selection?: { readonly tagStatus?: string; readonly countType?: string; readonly countNumber?: number };
  readonly action?: { readonly type?: string };
}

/** API_PutLifecyclePolicy; ECR User Guide, "Lifecycle policy properties". */
export function putLifecyclePolicy(call: Call, input: Named & { lifecyclePolicyText?: string }): object {
  const { name } = rows.existing(call, input.repositoryName);
  const text = input.lifecyclePolicyText ?? "";
  checkLifecycle(text);
  rows.repositories(call).change(name, (row) => {
    row.lifecyclePolicy = text;
  });
  return { registryId: call.account, repositoryName: name, lifecyclePolicyText: text };
}

function checkLifecycle(text: string): void {
  let parsed: { rules?: unknown };
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidLifecycle("string is not valid JSON");
  }
  if (!Array.isArray(parsed.rules)) throw invalidLifecycle('object has missing required properties (["rules"])');
  const rules = parsed.rules as readonly Rule[];
  const priorities = rules.map((rule) => rule.rulePriority);
  if (new Set(priorities).size < priorities.length) throw invalidLifecycle("rulePriority must be unique");
  for (const { rulePriority, selection, action } of rules) {
    if (rulePriority === undefined || !selection || !action) {
      throw invalidLifecycle('object has missing required properties (["action","rulePriority","selection"])');
    }
    const countTypes = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];
    if (
      !["any", "tagged", "untagged"].includes(selection.tagStatus ?? "") ||
      !countTypes.includes(selection.countType ?? "") ||
      !(Number(selection.countNumber) > 0)
    ) {
      throw invalidLifecycle("instance failed to match exactly one schema");
    }
  }
}

const noLifecycle = (call: Call, name: string) =>
  new AwsError(
    "LifecyclePolicyNotFoundException",
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${call.account}'`,
  );

/** API_GetLifecyclePolicy. */
export function getLifecyclePolicy(call: Call, input: Named): object {
  const name = input.repositoryName ?? "";
  const row = rows.repositories(call).shown(name);
  if (!row) throw rows.repositoryNotFound(call, name);
  if (row.lifecyclePolicy === undefined) throw noLifecycle(call, name);
  return { registryId: call.account, repositoryName: name, lifecyclePolicyText: row.lifecyclePolicy };
}

/** API_DeleteLifecyclePolicy. */
export function deleteLifecyclePolicy(call: Call, input: Named): object {
  const { name, lifecyclePolicy } = rows.existing(call, input.repositoryName);
  if (lifecyclePolicy === undefined) throw noLifecycle(call, name);
  rows.repositories(call).change(name, (row) => {
    row.lifecyclePolicy = undefined;
  });
  return { registryId: call.account, repositoryName: name, lifecyclePolicyText: lifecyclePolicy };
}

const noPolicy = (call: Call, name: string) =>
  new AwsError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${call.account}'`,
  );

/** API_SetRepositoryPolicy. */
export function setRepositoryPolicy(call: Call, input: Named & { policyText?: string }): object {
  const { name } = rows.existing(call, input.repositoryName);
  rows.repositories(call).change(name, (row) => {
    row.policy = input.policyText;
  });
  return { registryId: call.account, repositoryName: name, policyText: input.policyText };
}

/** API_GetRepositoryPolicy. */
export function getRepositoryPolicy(call: Call, input: Named): object {
  const name = input.repositoryName ?? "";
  const row = rows.repositories(call).shown(name);
  if (!row) throw rows.repositoryNotFound(call, name);
  if (row.policy === undefined) throw noPolicy(call, name);
  return { registryId: call.account, repositoryName: name, policyText: row.policy };
}

/** API_DeleteRepositoryPolicy. */
export function deleteRepositoryPolicy(call: Call, input: Named): object {
  const { name, policy } = rows.existing(call, input.repositoryName);
  if (policy === undefined) throw noPolicy(call, name);
  rows.repositories(call).change(name, (row) => {
    row.policy = undefined;
  });
  return { registryId: call.account, repositoryName: name, policyText: policy };
}
