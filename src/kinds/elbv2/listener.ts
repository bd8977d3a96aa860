import type { Kind } from "../kind.ts";
import type { ListenerAction } from "./action.ts";

export interface ListenerProps {
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  /** HTTPS only, and needed there. */
  readonly certificateArn?: string | undefined;
  /** HTTPS only. */
  readonly sslPolicy?: string | undefined;
  readonly defaultAction: ListenerAction;
}

export interface ListenerOutputs {
  readonly listenerArn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ElasticLoadBalancingV2::Listener is not written yet");
};

export const listener: Kind<ListenerProps, ListenerOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::Listener",
  identity: "naturalKey",
  createOnly: ["loadBalancerArn"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
