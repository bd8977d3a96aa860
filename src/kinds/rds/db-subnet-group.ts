import type { Kind } from "../kind.ts";

export interface DBSubnetGroupProps {
  readonly description: string;
  /** In two zones or more; sorted. */
  readonly subnetIds: readonly string[];
}

export interface DBSubnetGroupOutputs {
  readonly name: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::RDS::DBSubnetGroup is not written yet");
};

export const dbSubnetGroup: Kind<DBSubnetGroupProps, DBSubnetGroupOutputs> = {
  type: "AWS::RDS::DBSubnetGroup",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
