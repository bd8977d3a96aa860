import type { Kind } from "../kind.ts";

export interface RouteTableProps {
  readonly vpcId: string;
}

export interface RouteTableOutputs {
  readonly routeTableId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::RouteTable is not written yet");
};

export const routeTable: Kind<RouteTableProps, RouteTableOutputs> = {
  type: "AWS::EC2::RouteTable",
  identity: "token",
  createOnly: ["vpcId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
