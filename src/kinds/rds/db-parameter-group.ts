import type { Kind } from "../kind.ts";

export interface DBParameterGroupProps {
  /** "postgres15" */
  readonly family: string;
  /** Exactly these differ from the family's defaults. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DBParameterGroupOutputs {
  readonly name: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::RDS::DBParameterGroup is not written yet");
};

export const dbParameterGroup: Kind<DBParameterGroupProps, DBParameterGroupOutputs> = {
  type: "AWS::RDS::DBParameterGroup",
  identity: "naturalKey",
  createOnly: ["family"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
