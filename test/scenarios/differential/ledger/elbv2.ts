import { NEVER, type Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in Elastic Load Balancing. */
export const elbv2Ledger: readonly Verdict[] = [
  {
    scenario: "a load balancer from coming to going",
    why: "No time passes in emulators; the scheme that is not named is internet-facing.",
    page: "API_LoadBalancerState; API_CreateLoadBalancer, Scheme",
    right: "simulator",
    steps: {
      create: { ministack: ["active", "internet-facing", 2], moto: ["provisioning", null, 2] },
      "while it comes": { ministack: "active", moto: "active" },
    },
  },
  {
    scenario: "a load balancer from coming to going",
    why: "The same settings answer with the same load balancer, others are refused.",
    page: 'API_CreateLoadBalancer: "This operation is idempotent"; DuplicateLoadBalancerName',
    right: "simulator",
    steps: {
      "create again": { ministack: "refused: DuplicateLoadBalancerNameException", moto: false },
      "create with other settings": { moto: "done" },
    },
  },
  {
    scenario: "a load balancer from coming to going",
    why: "Its interfaces hold groups, subnets and the gateway, and some time after it too.",
    page: 'ALB User Guide, "Delete a load balancer"; API_DeleteSubnet; API_DetachInternetGateway',
    right: "simulator",
    steps: {
      "delete its group": { ministack: "done", moto: "done" },
      "delete its subnet": { ministack: "done", moto: "done" },
      "detach its gateway": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a load balancer from coming to going",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      "delete its subnet at once": {
        ministack: "refused: InvalidSubnetID.NotFound",
        moto: "refused: InvalidSubnetID.NotFound",
      },
    },
  },
  {
    scenario: "what a load balancer needs",
    why: "Two zones, one subnet in each; subnets and groups that are there; a name of 32 letters, digits and hyphens.",
    page: "API_CreateLoadBalancer, Subnets, SecurityGroups, Name, and its errors SubnetNotFound and InvalidSecurityGroup",
    right: "simulator",
    steps: {
      "one zone": { ministack: "done", moto: "done" },
      "two subnets of one zone": { ministack: "done", moto: "done" },
      "a subnet that is not there": { ministack: "done", moto: "refused: InvalidSubnetID.NotFound" },
      "a group that is not there": { ministack: "done", moto: "done" },
      "a name that is too long": { ministack: "done", moto: "done" },
      "a name with an underscore": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "attributes of a load balancer",
    why: "Keys and values are checked, and the bucket for access logs as well.",
    page: "API_LoadBalancerAttribute; API_ModifyLoadBalancerAttributes, InvalidConfigurationRequest",
    right: "simulator",
    steps: {
      "idle timeout beyond the limit": { ministack: "done", moto: "done" },
      "an unknown key": { ministack: "done", moto: "refused: InvalidConfigurationRequestException" },
      "logs to no bucket": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "attributes of a load balancer",
    why: "Deletion protection protects.",
    page: "API_DeleteLoadBalancer, OperationNotPermitted",
    right: "simulator",
    steps: {
      "delete under protection": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "attributes of a load balancer",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      look: {
        ministack: ["deletion_protection.enabled=true", "idle_timeout.timeout_seconds=4001"],
        moto: ["deletion_protection.enabled=true", "idle_timeout.timeout_seconds=4001"],
      },
      delete: { ministack: NEVER, moto: NEVER },
      "(the scenario ended)": {
        ministack: "refused: LoadBalancerNotFoundException",
        moto: "refused: LoadBalancerNotFoundException",
      },
    },
  },
  {
    scenario: "target groups and what uses them",
    why: "The same settings answer with the same target group.",
    page: 'API_CreateTargetGroup: "This operation is idempotent"',
    right: "simulator",
    steps: {
      "create again": {
        ministack: "refused: DuplicateTargetGroupNameException",
        moto: "refused: DuplicateTargetGroupNameException",
      },
    },
  },
  {
    scenario: "target groups and what uses them",
    why: "Health checks and names are checked.",
    page: "API_CreateTargetGroup, HealthCheckPath, HealthCheckTimeoutSeconds, Name",
    right: "simulator",
    steps: {
      "a timeout as long as the interval": { ministack: "done" },
      "a path without a slash": { ministack: "done", moto: "done" },
      "a name that is too long": { ministack: "done" },
    },
  },
  {
    scenario: "target groups and what uses them",
    why: "A target group in use cannot be deleted.",
    page: "API_DeleteTargetGroup, ResourceInUse",
    right: "simulator",
    steps: {
      "delete in use": { ministack: "done" },
    },
  },
  {
    scenario: "target groups and what uses them",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      delete: { ministack: "refused: TargetGroupNotFoundException" },
    },
  },
  {
    scenario: "target groups and what uses them",
    why: "ResourceInUse is the only error of the action: one that is gone is deleted again.",
    page: "API_DeleteTargetGroup, Errors",
    right: "simulator",
    steps: {
      "delete again": {
        ministack: "refused: TargetGroupNotFoundException",
        moto: "refused: TargetGroupNotFoundException",
      },
    },
  },
  {
    scenario: "listeners",
    why: "A port has one listener.",
    page: "API_CreateListener, DuplicateListener",
    right: "simulator",
    steps: {
      "another on its port": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "listeners",
    why: "HTTPS needs a certificate that is there.",
    page: "API_CreateListener, Certificates, CertificateNotFound",
    right: "simulator",
    steps: {
      "HTTPS without a certificate": { ministack: "done", moto: "done" },
      "HTTPS without that certificate": { ministack: "done" },
    },
  },
  {
    scenario: "listeners",
    why: "What is forwarded to is there.",
    page: "API_CreateListener, TargetGroupNotFound",
    right: "simulator",
    steps: {
      "forward to nothing": { ministack: "done" },
    },
  },
  {
    scenario: "listeners",
    why: "A redirect is shown with what it leaves as it is.",
    page: "API_RedirectActionConfig",
    right: "simulator",
    steps: {
      redirect: { moto: { Host: null, Path: null, Query: null } },
    },
  },
  {
    scenario: "listeners",
    why: "Listeners go with their load balancer.",
    page: "API_DeleteLoadBalancer",
    right: "simulator",
    steps: {
      "after its load balancer": { ministack: "done" },
      "delete what is gone": { ministack: "done" },
    },
  },
  {
    scenario: "rules of a listener",
    why: "Priorities are 1 to 50,000 and there once; a rule has at most five values.",
    page: 'API_CreateRule, Priority, PriorityInUse; ALB User Guide, "Quotas"',
    right: "simulator",
    steps: {
      "its priority again": { ministack: "done" },
      "priority zero": { ministack: "done", moto: "done" },
      "six values": { ministack: "done" },
    },
  },
  {
    scenario: "rules of a listener",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      look: { ministack: ["default", "20", "20", "0", "30", "3"], moto: ["20", "0", "3", "default"] },
    },
  },
  {
    scenario: "rules of a listener",
    why: "A path condition is shown in both forms.",
    page: "API_RuleCondition, PathPatternConfig",
    right: "undocumented",
    steps: {
      condition: { moto: [["/a/*"], []] },
    },
  },
  {
    scenario: "rules of a listener",
    why: "The default rule stays, and a rule that is gone is not found.",
    page: "API_DeleteRule, OperationNotPermitted, RuleNotFound",
    right: "simulator",
    steps: {
      "delete the default one": { moto: "refused: Error" },
      "delete again": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "targets and their health",
    why: "A target is unused, then initial, and healthy once the load balancer has checked it.",
    page: "API_TargetHealth, State and Reason",
    right: "simulator",
    steps: {
      "without a load balancer": { ministack: ["healthy"], moto: ["healthy"] },
      "while the load balancer comes": { ministack: ["healthy"], moto: ["healthy"] },
    },
  },
  {
    scenario: "targets and their health",
    why: "It drains for the deregistration delay, 300 seconds by default.",
    page: "API_DeregisterTargets; API_TargetGroupAttribute, deregistration_delay.timeout_seconds",
    right: "simulator",
    steps: {
      "while it drains": { ministack: [], moto: [] },
    },
  },
  {
    scenario: "targets and their health",
    why: "An address outside the VPC needs the zone all, and no public one is taken.",
    page: "API_TargetDescription; API_RegisterTargets, InvalidTarget",
    right: "simulator",
    steps: {
      "an address outside": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "limits on what one call may name",
    why: "Twenty resources, or load balancers, a call.",
    page: "API_DescribeTags, ResourceArns; API_DescribeLoadBalancers, Names",
    right: "simulator",
    steps: {
      "tags of twenty-one": { ministack: "done", moto: "done" },
      "twenty-one names": {
        ministack: "refused: LoadBalancerNotFoundException",
        moto: "refused: LoadBalancerNotFoundException",
      },
    },
  },
  {
    scenario: "limits on what one call may name",
    why: "What is not there is not found.",
    page: "API_DescribeTags; API_DescribeTargetGroups, TargetGroupNotFound",
    right: "simulator",
    steps: {
      "tags of what is not there": { moto: "done" },
      "a target group that is not there": { ministack: "done" },
    },
  },
];
