import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in Secrets Manager, ECR and CloudWatch Logs. */
export const storeLedger: readonly Verdict[] = [
  {
    scenario: "a secret and its versions",
    why: "The client token is the version's id: a repeat is answered alike, and a version never changes.",
    page: "API_CreateSecret, ClientRequestToken; API_PutSecretValue, ClientRequestToken",
    right: "simulator",
    steps: {
      create: { ministack: false },
      "create again": { ministack: "refused: ResourceExistsException" },
      "put another value": { ministack: "done" },
    },
  },
  {
    scenario: "a secret and its versions",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      look: { ministack: [["00000000-0000-4000-8000-00000000000b", ["AWSCURRENT"]]] },
      "previous value": { ministack: "refused: ResourceNotFoundException" },
    },
  },
  {
    scenario: "a secret that is deleted, restored and deleted for good",
    why: "A secret that is scheduled for deletion holds its name, and refuses everything but being described and restored.",
    page: "API_CreateSecret, InvalidRequestException; API_DeleteSecret",
    right: "simulator",
    steps: {
      "create meanwhile": { ministack: "refused: ResourceExistsException", moto: "refused: ResourceExistsException" },
      "tag meanwhile": { moto: "done" },
    },
  },
  {
    scenario: "a secret that is deleted, restored and deleted for good",
    why: 'Deleting at once "does not return an error" for what is not there.',
    page: "API_DeleteSecret, ForceDeleteWithoutRecovery",
    right: "simulator",
    steps: {
      "delete at once again": { ministack: "refused: ResourceNotFoundException" },
    },
  },
  {
    scenario: "a repository and its images",
    why: "Names are in lower case.",
    page: "API_CreateRepository, repositoryName",
    right: "simulator",
    steps: {
      "a name with capitals": { ministack: "done" },
    },
  },
  {
    scenario: "a repository and its images",
    why: "The same image again is one error, a tag that would move another.",
    page: "API_PutImage, ImageAlreadyExistsException, ImageTagAlreadyExistsException",
    right: "simulator",
    steps: {
      "push again": { ministack: "refused: ImageTagAlreadyExistsException" },
      "move a tag": { moto: "refused: ImageAlreadyExistsException" },
    },
  },
  {
    scenario: "a repository and its images",
    why: "What is not there is not found, and what is no lifecycle policy is refused.",
    page: "API_DescribeImages, ImageNotFoundException; API_PutLifecyclePolicy, InvalidParameterException",
    right: "simulator",
    steps: {
      "look at no image": { ministack: "done" },
      "a lifecycle policy that is none": { ministack: "done" },
    },
  },
  {
    scenario: "a log group",
    why: "Days of retention are those of a list.",
    page: "API_PutRetentionPolicy, retentionInDays",
    right: "simulator",
    steps: {
      "keep 2 days": { moto: "done" },
    },
  },
  {
    scenario: "a log group",
    why: "The ARN that is tagged has no star.",
    page: "API_TagResource, resourceArn and its pattern",
    right: "simulator",
    steps: {
      "tag by ARN with a star": { ministack: "refused: ValidationException", moto: "done" },
    },
  },
];
