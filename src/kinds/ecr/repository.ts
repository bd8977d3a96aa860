import type { Kind } from "../kind.ts";

export interface RepositoryProps {
  readonly scanOnPush: boolean;
  readonly immutableTags: boolean;
  readonly encryption: "AES256" | "KMS";
  /** Images beyond this number expire, oldest first. */
  readonly keepImages: number;
}

export interface RepositoryOutputs {
  readonly repositoryUri: string;
  readonly arn: string;
  readonly repositoryName: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ECR::Repository is not written yet");
};

export const repository: Kind<RepositoryProps, RepositoryOutputs> = {
  type: "AWS::ECR::Repository",
  identity: "naturalKey",
  createOnly: ["encryption"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
