import type { Kind } from "../kind.ts";

/** Exactly one of the two targets is set. */
export interface RouteProps {
  readonly routeTableId: string;
  /** IPv4 block. */
  readonly destination: string;
  /** An internet gateway. */
  readonly gatewayId?: string | undefined;
  readonly natGatewayId?: string | undefined;
}

export type RouteOutputs = Readonly<Record<never, never>>;

const notYet = async (): Promise<never> => {
  throw new Error("AWS::EC2::Route is not written yet");
};

export const route: Kind<RouteProps, RouteOutputs> = {
  type: "AWS::EC2::Route",
  identity: "naturalKey",
  createOnly: ["routeTableId", "destination"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
