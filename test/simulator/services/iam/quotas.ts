/** Source: IAM User Guide, "IAM and AWS STS quotas". */
export const quotas = {
  "iam.roles": 1000,
  "iam.policies": 1500,
  "iam.policiesPerRole": 10,
  "iam.inlinePolicyCharacters": 10_240,
  "iam.managedPolicyCharacters": 6144,
  "iam.trustPolicyCharacters": 2048,
} as const;
