import type { Kind } from "../kind.ts";
import type { PolicyDocument } from "./policy-document.ts";

export interface RoleProps {
  /** Who may assume it. */
  readonly trust: PolicyDocument;
  /** Exactly these are attached; sorted. */
  readonly managedPolicyArns: readonly string[];
  /** Exactly these inline policies; sorted by name. */
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
  readonly description: string;
}

export interface RoleOutputs {
  readonly roleArn: string;
  readonly roleName: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::IAM::Role is not written yet");
};

export const role: Kind<RoleProps, RoleOutputs> = {
  type: "AWS::IAM::Role",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
