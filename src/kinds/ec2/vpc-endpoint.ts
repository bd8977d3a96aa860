import type { Kind } from "../kind.ts";

export interface VpcEndpointProps {
  readonly vpcId: string;
  /** Full name, "com.amazonaws.us-east-1.s3". */
  readonly service: string;
  readonly type: "Gateway" | "Interface";
  /** Gateway only; a set. */
  readonly routeTableIds?: readonly string[] | undefined;
  /** Interface only; a set, one a zone. */
  readonly subnetIds?: readonly string[] | undefined;
  /** Interface only; a set. */
  readonly securityGroupIds?: readonly string[] | undefined;
  /** Interface only: the service's usual host name leads to the endpoint. Needs DNS support and host names in the VPC. */
  readonly privateDns?: boolean | undefined;
}

export interface VpcEndpointOutputs {
  readonly endpointId: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::VPCEndpoint is not written yet");
};

export const vpcEndpoint: Kind<VpcEndpointProps, VpcEndpointOutputs> = {
  type: "AWS::EC2::VPCEndpoint",
  identity: "token",
  createOnly: ["vpcId", "service", "type"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
