import type { Kind } from "../kind.ts";

export interface InternetGatewayAttachmentProps {
  readonly vpcId: string;
  readonly internetGatewayId: string;
}

export interface InternetGatewayAttachmentOutputs {
  readonly vpcId: string;
  readonly internetGatewayId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::VPCGatewayAttachment is not written yet");
};

export const internetGatewayAttachment: Kind<InternetGatewayAttachmentProps, InternetGatewayAttachmentOutputs> = {
  type: "AWS::EC2::VPCGatewayAttachment",
  identity: "naturalKey",
  createOnly: ["vpcId", "internetGatewayId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
