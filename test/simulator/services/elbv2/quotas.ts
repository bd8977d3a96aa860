/** Source: Application Load Balancers User Guide, "Quotas for your Application Load Balancers". */
export const quotas = {
  "elbv2.loadBalancers": 50,
  "elbv2.targetGroups": 3000,
  "elbv2.listenersPerLoadBalancer": 50,
  "elbv2.rulesPerLoadBalancer": 100,
  "elbv2.targetsPerTargetGroup": 1000,
  "elbv2.targetGroupsPerLoadBalancer": 100,
  "elbv2.targetGroupsPerAction": 5,
  "elbv2.certificatesPerLoadBalancer": 25,
  "elbv2.conditionValuesPerRule": 5,
  /** Items of a describe that names no PageSize. */
  "elbv2.page": 400,
} as const;
