import type { Kind } from "../kind.ts";

export interface NatGatewayProps {
  readonly subnetId: string;
  readonly allocationId: string;
}

export interface NatGatewayOutputs {
  readonly natGatewayId: string;
  readonly publicIp: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::NatGateway is not written yet");
};

export const natGateway: Kind<NatGatewayProps, NatGatewayOutputs> = {
  type: "AWS::EC2::NatGateway",
  identity: "token",
  createOnly: ["subnetId", "allocationId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
