import type { Operations } from "../../operation.ts";
import { describeAccountLimits } from "./account-limits.ts";
import * as listener from "./listener.ts";
import * as loadBalancer from "./load-balancer.ts";
import * as rule from "./rule.ts";
import { describeSSLPolicies } from "./ssl-policies.ts";
import * as tags from "./tags.ts";
import * as targetGroup from "./target-group.ts";
import * as targets from "./targets.ts";

/** Application Load Balancers. Source of the rules: Elastic Load Balancing API Reference, 2015-12-01. */
export const operations: Operations = {
  AddTags: tags.addTags,
  CreateListener: listener.createListener,
  CreateLoadBalancer: loadBalancer.createLoadBalancer,
  CreateRule: rule.createRule,
  CreateTargetGroup: targetGroup.createTargetGroup,
  DeleteListener: listener.deleteListener,
  DeleteLoadBalancer: loadBalancer.deleteLoadBalancer,
  DeleteRule: rule.deleteRule,
  DeleteTargetGroup: targetGroup.deleteTargetGroup,
  DeregisterTargets: targets.deregisterTargets,
  DescribeAccountLimits: describeAccountLimits,
  DescribeListenerAttributes: listener.describeListenerAttributes,
  DescribeListeners: listener.describeListeners,
  DescribeLoadBalancerAttributes: loadBalancer.describeLoadBalancerAttributes,
  DescribeLoadBalancers: loadBalancer.describeLoadBalancers,
  DescribeRules: rule.describeRules,
  DescribeSSLPolicies: describeSSLPolicies,
  DescribeTags: tags.describeTags,
  DescribeTargetGroupAttributes: targetGroup.describeTargetGroupAttributes,
  DescribeTargetGroups: targetGroup.describeTargetGroups,
  DescribeTargetHealth: targets.describeTargetHealth,
  ModifyListener: listener.modifyListener,
  ModifyListenerAttributes: listener.modifyListenerAttributes,
  ModifyLoadBalancerAttributes: loadBalancer.modifyLoadBalancerAttributes,
  ModifyRule: rule.modifyRule,
  ModifyTargetGroup: targetGroup.modifyTargetGroup,
  ModifyTargetGroupAttributes: targetGroup.modifyTargetGroupAttributes,
  RegisterTargets: targets.registerTargets,
  RemoveTags: tags.removeTags,
  SetRulePriorities: rule.setRulePriorities,
  SetSecurityGroups: loadBalancer.setSecurityGroups,
  SetSubnets: loadBalancer.setSubnets,
};
