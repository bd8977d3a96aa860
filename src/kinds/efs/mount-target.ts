import type { Kind } from "../kind.ts";

export interface MountTargetProps {
  readonly fileSystemId: string;
  readonly subnetId: string;
  /** A set of one to five. */
  readonly securityGroupIds: readonly string[];
}

export interface MountTargetOutputs {
  readonly mountTargetId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EFS::MountTarget is not written yet");
};

export const mountTarget: Kind<MountTargetProps, MountTargetOutputs> = {
  type: "AWS::EFS::MountTarget",
  identity: "naturalKey",
  createOnly: ["fileSystemId", "subnetId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
