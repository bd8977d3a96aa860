import type { Kind } from "../kind.ts";

export interface AccessPointProps {
  readonly fileSystemId: string;
  /** Root of what it shows, "/postgres"; made with this owner and these permissions when it is not there. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal, "0750". */
  readonly permissions: string;
}

export interface AccessPointOutputs {
  readonly accessPointId: string;
  readonly arn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EFS::AccessPoint is not written yet");
};

export const accessPoint: Kind<AccessPointProps, AccessPointOutputs> = {
  type: "AWS::EFS::AccessPoint",
  identity: "token",
  createOnly: ["fileSystemId", "path", "uid", "gid", "permissions"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
