import type { Kind } from "../kind.ts";

export type InternetGatewayProps = Readonly<Record<never, never>>;

export interface InternetGatewayOutputs {
  readonly internetGatewayId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::InternetGateway is not written yet");
};

export const internetGateway: Kind<InternetGatewayProps, InternetGatewayOutputs> = {
  type: "AWS::EC2::InternetGateway",
  identity: "tags",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
