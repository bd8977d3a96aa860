import type { Kind } from "../kind.ts";

export interface SecurityGroupProps {
  readonly vpcId: string;
  /** Up to 255 characters of letters, digits, space and ._-:/()#,@[]+=&;{}!$* */
  readonly description: string;
}

export interface SecurityGroupOutputs {
  readonly groupId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::SecurityGroup is not written yet");
};

export const securityGroup: Kind<SecurityGroupProps, SecurityGroupOutputs> = {
  type: "AWS::EC2::SecurityGroup",
  identity: "naturalKey",
  createOnly: ["vpcId", "description"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
