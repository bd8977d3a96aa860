/** A token bucket as AWS publishes it: how many calls at once, and how many a second for ever. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Calls that draw from one bucket of an account and region. */
interface Group {
  readonly rate: Rate;
  /** Exact names, or a beginning and "*". */
  readonly actions: readonly string[];
  /** Whether each action has a bucket of its own, or all of the group share one. */
  readonly each: boolean;
}

/** The first group that fits counts. What is in none is not limited: AWS publishes no figure for it. */
export interface ServiceRates {
  readonly source: string;
  readonly groups: readonly Group[];
}

const each = (burst: number, perSecond: number, ...actions: readonly string[]): Group => ({
  rate: { burst, perSecond },
  actions,
  each: true,
});
const together = (burst: number, perSecond: number, ...actions: readonly string[]): Group => ({
  ...each(burst, perSecond, ...actions),
  each: false,
});

/** EC2's smaller bucket for some reads that come without filter, page size or ids. */
export const UNFILTERED: { readonly rate: Rate; readonly actions: readonly string[] } = {
  rate: { burst: 50, perSecond: 10 },
  actions: ["DescribeInstances", "DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeVolumes"],
};

/** By signing name. */
export const RATES: Readonly<Record<string, ServiceRates>> = {
  ec2: {
    source: "Amazon EC2 Developer Guide, Request throttling for the Amazon EC2 API, Request token bucket sizes",
    groups: [
      each(4, 0.3, "CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"),
      each(10, 1, "CreateNatGateway", "DeleteNatGateway", "AssociateNatGatewayAddress"),
      each(100, 10, "CreateTags", "DeleteTags"),
      each(100, 5, "CreateNetworkInterface", "DeleteNetworkInterface", "ModifyNetworkInterfaceAttribute"),
      each(20, 5, "DescribeSecurityGroupReferences", "DescribeStaleSecurityGroups"),
      each(100, 20, "Describe*", "List*", "Search*", "Get*"),
      each(50, 5, "*"),
    ],
  },
  ecs: {
    source: "Amazon ECS API Reference, Request throttling for the Amazon ECS API",
    groups: [
      together(50, 20, "DescribeClusters", "ListClusters"),
      together(20, 1, "DeregisterTaskDefinition", "RegisterTaskDefinition"),
      together(50, 20, "DescribeTaskDefinition", "ListTaskDefinitions", "ListTaskDefinitionFamilies"),
      together(5, 1, "DeleteTaskDefinitions"),
      together(10, 1, "CreateCapacityProvider", "DeleteCapacityProvider", "UpdateCapacityProvider"),
      together(50, 20, "DescribeCapacityProviders"),
      together(20, 10, "TagResource", "UntagResource"),
      together(50, 20, "ListTagsForResource"),
      together(10, 1, "DeleteAccountSetting", "PutAccountSetting", "PutAccountSettingDefault"),
      together(50, 20, "ListAccountSettings"),
      together(100, 40, "ExecuteCommand", "RunTask", "StartTask", "StopTask"),
      together(100, 20, "DescribeTasks", "ListTasks"),
      together(50, 5, "CreateService", "DeleteService", "UpdateService"),
      together(100, 20, "DescribeServices", "ListServices"),
      together(50, 20, "DescribeServiceDeployments", "ListServiceDeployments"),
      together(50, 20, "DescribeServiceRevisions"),
      together(10, 1, "ListServicesByNamespace"),
    ],
  },
  elasticloadbalancing: {
    source:
      "Elastic Load Balancing User Guide, Request throttling (reads of API version 2: 40, then 10); registrations as " +
      "kubernetes-sigs/aws-load-balancer-controller issue 2809 has them",
    groups: [together(20, 4, "RegisterTargets", "DeregisterTargets"), together(40, 10, "*")],
  },
  logs: {
    source: "Amazon CloudWatch Logs User Guide, CloudWatch Logs quotas (transactions a second, account and Region)",
    groups: [each(10, 10, "CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups")],
  },
  secretsmanager: {
    source: "AWS Secrets Manager User Guide, quotas: request rates by second",
    groups: [
      together(50, 50, "CreateSecret", "UpdateSecret", "PutSecretValue", "UpdateSecretVersionStage", "RestoreSecret"),
      together(50, 50, "DeleteSecret"),
      together(100, 100, "ListSecrets"),
      together(50, 50, "TagResource", "UntagResource"),
      together(10_000, 10_000, "DescribeSecret", "GetSecretValue"),
    ],
  },
  sts: {
    source: "IAM User Guide, IAM and AWS STS quotas: 600 requests a second, account and Region",
    groups: [together(600, 600, "*")],
  },
};

/** Name of the bucket and its size, or undefined when the action is not limited. */
export function rateOf(service: string, action: string, input: object): { bucket: string; rate: Rate } | undefined {
  if (service === "ec2" && UNFILTERED.actions.includes(action) && Object.keys(input).length === 0) {
    return { bucket: `${action} unfiltered`, rate: UNFILTERED.rate };
  }
  for (const group of RATES[service]?.groups ?? []) {
    if (!group.actions.some((pattern) => fits(pattern, action))) continue;
    return { bucket: group.each ? action : (group.actions[0] ?? action), rate: group.rate };
  }
  return undefined;
}

export const fits = (pattern: string, action: string): boolean =>
  pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
