import type {
  Action,
  Certificate,
  LoadBalancer,
  LoadBalancerSchemeEnum,
  LoadBalancerStateEnum,
  Matcher,
  ProtocolEnum,
  RuleCondition,
  TargetHealthStateEnum,
  TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import type { TagMap } from "../common/tags.ts";

/** Rows are keyed by their ARN. */
export interface LoadBalancerRow {
  readonly arn: string;
  readonly name: string;
  readonly created: number;
  readonly dnsName: string;
  readonly scheme: LoadBalancerSchemeEnum;
  readonly vpcId: string;
  state: LoadBalancerStateEnum;
  /** By zone, one subnet each, with the interface that holds it. */
  subnets: { readonly subnetId: string; readonly zone: string; readonly interfaceId: string }[];
  securityGroups: string[];
  ipAddressType: NonNullable<LoadBalancer["IpAddressType"]>;
  attributes: Record<string, string>;
  tags: TagMap;
}

export interface HealthCheck {
  readonly enabled: boolean;
  readonly protocol: ProtocolEnum;
  readonly port: string;
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: Matcher;
}

export interface TargetRow {
  readonly id: string;
  readonly port: number;
  readonly zone: string | undefined;
  state: TargetHealthStateEnum;
  reason: "Elb.RegistrationInProgress" | "Elb.InitialHealthChecking" | undefined;
  /** Checks in a row that said the contrary of `state`. */
  against: number;
  /** A check is on its way. */
  checking: boolean;
}

export interface TargetGroupRow {
  readonly arn: string;
  readonly name: string;
  readonly protocol: ProtocolEnum;
  readonly protocolVersion: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: TargetTypeEnum;
  healthCheck: HealthCheck;
  targets: TargetRow[];
  attributes: Record<string, string>;
  tags: TagMap;
}

export interface ListenerRow {
  readonly arn: string;
  readonly loadBalancerArn: string;
  port: number;
  protocol: ProtocolEnum;
  certificates: Certificate[];
  sslPolicy: string | undefined;
  defaultActions: Action[];
  attributes: Record<string, string>;
  tags: TagMap;
}

export interface RuleRow {
  readonly arn: string;
  readonly listenerArn: string;
  priority: number;
  conditions: RuleCondition[];
  actions: Action[];
  tags: TagMap;
}

type Where = Pick<Call, "world" | "account" | "region">;
const named =
  <T extends object>(name: string) =>
  (call: Where): Table<T> =>
    call.world.table<T>(call, `elbv2.${name}`);

export const loadBalancers = named<LoadBalancerRow>("loadBalancers");
export const targetGroups = named<TargetGroupRow>("targetGroups");
export const listeners = named<ListenerRow>("listeners");
export const rules = named<RuleRow>("rules");

/** Target groups that an action forwards to. */
export const forwardedTo = (actions: readonly Action[]): readonly string[] => [
  ...new Set(
    actions.flatMap((action) => [
      ...(action.TargetGroupArn === undefined ? [] : [action.TargetGroupArn]),
      ...(action.ForwardConfig?.TargetGroups ?? []).flatMap((each) => each.TargetGroupArn ?? []),
    ]),
  ),
];

/** Load balancers whose listeners or rules forward to a target group, in truth and not as a describe shows it. */
export function loadBalancersOf(call: Where, targetGroupArn: string): readonly LoadBalancerRow[] {
  const found = new Set<string>();
  for (const listener of listeners(call).all()) {
    if (forwardedTo(listener.defaultActions).includes(targetGroupArn)) found.add(listener.loadBalancerArn);
  }
  for (const rule of rules(call).all()) {
    const listener = listeners(call).get(rule.listenerArn);
    if (listener && forwardedTo(rule.actions).includes(targetGroupArn)) found.add(listener.loadBalancerArn);
  }
  return [...found].flatMap((arn) => loadBalancers(call).get(arn) ?? []);
}
