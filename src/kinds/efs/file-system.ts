import type { Kind } from "../kind.ts";

export interface FileSystemProps {
  readonly encrypted: true;
  readonly throughputMode: "bursting" | "elastic";
  /** Daily, by AWS Backup. */
  readonly backup: boolean;
}

export interface FileSystemOutputs {
  readonly fileSystemId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EFS::FileSystem is not written yet");
};

export const fileSystem: Kind<FileSystemProps, FileSystemOutputs> = {
  type: "AWS::EFS::FileSystem",
  identity: "token",
  createOnly: ["encrypted"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
