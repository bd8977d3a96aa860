import type { Kind } from "../kind.ts";

export interface LogGroupProps {
  /** One of the numbers of days that PutRetentionPolicy takes: 1, 3, 5, 7, 14, 30, 60, 90 and on. */
  readonly retentionDays: number;
}

export interface LogGroupOutputs {
  readonly logGroupName: string;
  /** Without the trailing ":*". */
  readonly arn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::Logs::LogGroup is not written yet");
};

export const logGroup: Kind<LogGroupProps, LogGroupOutputs> = {
  type: "AWS::Logs::LogGroup",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
