import type { DescribeAccountLimitsOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Call } from "../../operation.ts";

/** API_DescribeAccountLimits: the names that API_Limit gives. */
const LIMITS: Readonly<Record<string, string>> = {
  "application-load-balancers": "elbv2.loadBalancers",
  "target-groups": "elbv2.targetGroups",
  "listeners-per-application-load-balancer": "elbv2.listenersPerLoadBalancer",
  "rules-per-application-load-balancer": "elbv2.rulesPerLoadBalancer",
  "targets-per-application-load-balancer": "elbv2.targetsPerTargetGroup",
  "target-groups-per-application-load-balancer": "elbv2.targetGroupsPerLoadBalancer",
  "target-groups-per-action-on-application-load-balancer": "elbv2.targetGroupsPerAction",
  "condition-values-per-alb-rule": "elbv2.conditionValuesPerRule",
};

export function describeAccountLimits(call: Call): DescribeAccountLimitsOutput {
  return {
    Limits: Object.entries(LIMITS).map(([Name, quota]) => ({ Name, Max: String(call.world.quota(quota)) })),
  };
}
