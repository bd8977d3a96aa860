import type { Kind } from "../kind.ts";

export interface SubnetProps {
  readonly vpcId: string;
  readonly cidr: string;
  /** Zone name, "us-east-1a". */
  readonly zone: string;
  /** Whether network interfaces in it get a public address by themselves. */
  readonly mapPublicIp: boolean;
}

export interface SubnetOutputs {
  readonly subnetId: string;
  readonly zone: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::Subnet is not written yet");
};

export const subnet: Kind<SubnetProps, SubnetOutputs> = {
  type: "AWS::EC2::Subnet",
  identity: "naturalKey",
  createOnly: ["vpcId", "cidr", "zone"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
