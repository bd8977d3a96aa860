import type { Kind } from "../kind.ts";

export interface VpcProps {
  /** Primary IPv4 block, /16 to /28. */
  readonly cidr: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
}

export interface VpcOutputs {
  readonly vpcId: string;
  readonly cidr: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::VPC is not written yet");
};

export const vpc: Kind<VpcProps, VpcOutputs> = {
  type: "AWS::EC2::VPC",
  identity: "tags",
  createOnly: ["cidr"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
