import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in IAM. */
export const identityLedger: readonly Verdict[] = [
  {
    scenario: "a role from coming to going",
    why: "Names of roles are unique without regard to case.",
    page: "API_CreateRole, RoleName",
    right: "simulator",
    steps: {
      "create in other case": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "policies that are none",
    why: "Policies are checked against IAM's grammar.",
    page: 'API_CreateRole, MalformedPolicyDocument; IAM User Guide, "Grammar of the IAM JSON policy language"',
    right: "simulator",
    steps: {
      "trust that is no JSON": { ministack: "done", moto: "done" },
      "trust with a resource": { ministack: "done", moto: "done" },
      "trust of nobody": { ministack: "done", moto: "done" },
      "no vendor": { ministack: "done" },
      "no ARN": { ministack: "done" },
      "another version": { ministack: "done" },
    },
  },
  {
    scenario: "policies that are none",
    why: "All inline policies of a role share 10,240 characters.",
    page: 'IAM User Guide, "IAM and AWS STS quotas"',
    right: "simulator",
    steps: {
      "too long": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "managed policies",
    why: "A policy that is not there cannot be attached, and AWS's own are there in every account (this moto is started without them).",
    page: "API_AttachRolePolicy, NoSuchEntity; AWS Managed Policy Reference Guide",
    right: "simulator",
    steps: {
      "attach none": { ministack: "done" },
      "attach AWS's own": { moto: "refused: NoSuchEntityException" },
      "attach it again": { moto: "refused: NoSuchEntityException" },
    },
  },
  {
    scenario: "managed policies",
    why: "A policy cannot be deleted while it is attached.",
    page: "API_DeletePolicy, DeleteConflict",
    right: "simulator",
    steps: {
      "delete while attached": { moto: "done" },
    },
  },
  {
    scenario: "managed policies",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      list: { ministack: ["AmazonECSTaskExecutionRolePolicy", "None", "p"], moto: ["p"] },
      "the account's roles": { ministack: [[2, 0]] },
      detach: { moto: "refused: NoSuchEntityException" },
      delete: { moto: "refused: NoSuchEntityException" },
    },
  },
];
