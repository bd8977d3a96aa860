import type { Kind } from "../kind.ts";

export interface SubnetRouteTableAssociationProps {
  readonly subnetId: string;
  readonly routeTableId: string;
}

export interface SubnetRouteTableAssociationOutputs {
  readonly associationId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::SubnetRouteTableAssociation is not written yet");
};

export const subnetRouteTableAssociation: Kind<SubnetRouteTableAssociationProps, SubnetRouteTableAssociationOutputs> = {
  type: "AWS::EC2::SubnetRouteTableAssociation",
  identity: "naturalKey",
  createOnly: ["subnetId"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
