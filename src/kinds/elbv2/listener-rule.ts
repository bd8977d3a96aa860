import type { Kind } from "../kind.ts";
import type { ListenerAction } from "./action.ts";

export interface ListenerRuleProps {
  readonly listenerArn: string;
  /** 1 to 50000, unique in its listener; the lowest matches first. */
  readonly priority: number;
  /** Path patterns; a set. With `hosts`, both must match; at most five values in all. */
  readonly paths: readonly string[];
  /** Host patterns; a set. */
  readonly hosts?: readonly string[] | undefined;
  readonly action: ListenerAction;
}

export interface ListenerRuleOutputs {
  readonly ruleArn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ElasticLoadBalancingV2::ListenerRule is not written yet");
};

export const listenerRule: Kind<ListenerRuleProps, ListenerRuleOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::ListenerRule",
  identity: "naturalKey",
  createOnly: ["listenerArn"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
