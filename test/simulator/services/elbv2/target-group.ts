import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupAttributesInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupAttributesInput,
  ModifyTargetGroupAttributesOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import { vpcOf } from "../ec2/lookup.ts";
import { defaults, listed, modified, TARGET_GROUP } from "./attributes.ts";
import { checkName, noLoadBalancer, noTargetGroups, required, validation } from "./refusals.ts";
import { type HealthCheck, loadBalancers, loadBalancersOf, type TargetGroupRow, targetGroups } from "./rows.ts";
import { checkedTags } from "./tags.ts";
import { targetGroupsOf } from "./use.ts";

type HealthCheckInput = Pick<
  CreateTargetGroupInput,
  | "HealthCheckEnabled"
  | "HealthCheckProtocol"
  | "HealthCheckPort"
  | "HealthCheckPath"
  | "HealthCheckIntervalSeconds"
  | "HealthCheckTimeoutSeconds"
  | "HealthyThresholdCount"
  | "UnhealthyThresholdCount"
  | "Matcher"
>;

/** API_CreateTargetGroup: defaults of HTTP and HTTPS target groups. */
const USUAL: HealthCheck = {
  enabled: true,
  protocol: "HTTP",
  port: "traffic-port",
  path: "/",
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: { HttpCode: "200" },
};

function healthCheck(old: HealthCheck, input: HealthCheckInput, targetType: string): HealthCheck {
  const made: HealthCheck = {
    enabled: input.HealthCheckEnabled ?? old.enabled,
    protocol: input.HealthCheckProtocol ?? old.protocol,
    port: input.HealthCheckPort ?? old.port,
    path: input.HealthCheckPath ?? old.path,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? old.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? old.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? old.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? old.unhealthyThreshold,
    matcher: input.Matcher ?? old.matcher,
  };
  if (!made.enabled && targetType !== "lambda") {
    throw validation(`Health check enabled must be true for target groups with target type '${targetType}'`);
  }
  if (!/^\/.{0,1023}$/.test(made.path)) {
    throw validation(
      `Health check path '${made.path}' must begin with a '/' character, and can have at most 1024 characters`,
    );
  }
  within(made.intervalSeconds, 5, 300, "Health check interval");
  within(made.timeoutSeconds, 2, 120, "Health check timeout");
  within(made.healthyThreshold, 2, 10, "Healthy threshold count");
  within(made.unhealthyThreshold, 2, 10, "Unhealthy threshold count");
  if (made.timeoutSeconds >= made.intervalSeconds) {
    throw validation(
      `Health check interval '${made.intervalSeconds}' must be greater than the timeout '${made.timeoutSeconds}'`,
    );
  }
  checkMatcher(made.matcher.HttpCode ?? "");
  return made;
}

function within(value: number, least: number, most: number, what: string): void {
  if (value < least || value > most) throw validation(`${what} must be between '${least}' and '${most}'`);
}

/** API_Matcher: codes from 200 to 499, single, listed or as a range. */
function checkMatcher(codes: string): void {
  const fits = codes.split(",").every((part) => {
    const [from = Number.NaN, to = from] = part.split("-").map(Number);
    return from >= 200 && to <= 499 && from <= to;
  });
  if (!fits) throw validation(`Health check matcher HTTP code '${codes}' must be within '200-499' inclusive`);
}

/** API_CreateTargetGroup, for targets of an Application Load Balancer; idempotent as CreateLoadBalancer is. */
export function createTargetGroup(call: Call, input: CreateTargetGroupInput): CreateTargetGroupOutput {
  const name = required(input.Name, "Name");
  checkName(name, "Target group");
  const targetType = input.TargetType ?? "instance";
  if (targetType !== "ip" && targetType !== "instance") {
    throw validation(`Targets of type '${targetType}' are not part of this world`);
  }
  const protocol = required(input.Protocol, "Protocol");
  if (protocol !== "HTTP" && protocol !== "HTTPS") {
    throw validation(`Protocol '${protocol}' is not part of this world`);
  }
  const port = required(input.Port, "Port");
  within(port, 1, 65_535, "Port");
  const vpcId = required(input.VpcId, "VpcId");
  if (!vpcOf(call, vpcId)) throw validation(`The VPC ID '${vpcId}' is not found`);
  const tags = checkedTags(input.Tags);
  const check = healthCheck(USUAL, input, targetType);
  const protocolVersion = input.ProtocolVersion ?? "HTTP1";
  const old = targetGroups(call)
    .all()
    .find((each) => each.name === name);
  if (old) {
    const settings = (
      row: Pick<TargetGroupRow, "protocol" | "port" | "vpcId" | "targetType" | "protocolVersion" | "healthCheck">,
    ) => JSON.stringify([row.protocol, row.port, row.vpcId, row.targetType, row.protocolVersion, row.healthCheck]);
    if (settings(old) === settings({ protocol, port, vpcId, targetType, protocolVersion, healthCheck: check })) {
      return { TargetGroups: [shape(call, old)] };
    }
    throw new AwsError(
      "DuplicateTargetGroupName",
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  }
  if (targetGroups(call).all().length >= call.world.quota("elbv2.targetGroups")) {
    throw new AwsError("TooManyTargetGroups", "The maximum number of target groups has been reached");
  }
  const made = arn(call, "elasticloadbalancing", `targetgroup/${name}/${text(call.world, 16)}`);
  const row = targetGroups(call).put(made, {
    arn: made,
    name,
    protocol,
    protocolVersion,
    port,
    vpcId,
    targetType,
    healthCheck: check,
    targets: [],
    attributes: defaults(TARGET_GROUP),
    tags,
  });
  return { TargetGroups: [shape(call, row)] };
}

const shape = (call: Call, row: TargetGroupRow): TargetGroup => ({
  TargetGroupArn: row.arn,
  TargetGroupName: row.name,
  Protocol: row.protocol,
  ProtocolVersion: row.protocolVersion,
  Port: row.port,
  VpcId: row.vpcId,
  TargetType: row.targetType,
  IpAddressType: "ipv4",
  HealthCheckEnabled: row.healthCheck.enabled,
  HealthCheckProtocol: row.healthCheck.protocol,
  HealthCheckPort: row.healthCheck.port,
  HealthCheckPath: row.healthCheck.path,
  HealthCheckIntervalSeconds: row.healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: row.healthCheck.timeoutSeconds,
  HealthyThresholdCount: row.healthCheck.healthyThreshold,
  UnhealthyThresholdCount: row.healthCheck.unhealthyThreshold,
  Matcher: { ...row.healthCheck.matcher },
  LoadBalancerArns: loadBalancersOf(call, row.arn).map((each) => each.arn),
});

/** API_DescribeTargetGroups: by one load balancer, by names, by ARNs, or by pages. */
export function describeTargetGroups(call: Call, input: DescribeTargetGroupsInput): DescribeTargetGroupsOutput {
  const { TargetGroupArns: arns, Names: names, LoadBalancerArn: balancer } = input;
  if ([arns?.length, names?.length, balancer].filter(Boolean).length > 1) {
    throw validation("Only one of load balancer ARN, target group names or target group ARNs can be specified");
  }
  const shown = targetGroups(call).shownAll();
  if (arns?.length) {
    const rows = arns.map((each) => shown.find((row) => row.arn === each));
    if (rows.includes(undefined)) throw noTargetGroups();
    return { TargetGroups: rows.flatMap((row) => (row ? [shape(call, row)] : [])) };
  }
  if (names?.length) {
    if (names.some((each) => !shown.some((row) => row.name === each))) throw noTargetGroups();
    return { TargetGroups: shown.filter((row) => names.includes(row.name)).map((row) => shape(call, row)) };
  }
  if (balancer !== undefined && !loadBalancers(call).get(balancer)) throw noLoadBalancer(balancer);
  const used = balancer === undefined ? undefined : targetGroupsOf(call, balancer);
  const { items, next } = page(
    shown.filter((row) => used?.has(row.arn) ?? true),
    (row) => row.arn,
    input.Marker,
    input.PageSize ?? call.world.quota("elbv2.page"),
    () => validation("Marker is not valid"),
  );
  return { TargetGroups: items.map((row) => shape(call, row)), NextMarker: next };
}

function existing(call: Call, targetGroupArn: string | undefined): TargetGroupRow {
  const row = targetGroups(call).get(required(targetGroupArn, "TargetGroupArn"));
  if (!row) throw noTargetGroups();
  return row;
}

/** API_ModifyTargetGroup: the health check alone. */
export function modifyTargetGroup(call: Call, input: ModifyTargetGroupInput): ModifyTargetGroupOutput {
  const row = existing(call, input.TargetGroupArn);
  const check = healthCheck(row.healthCheck, input, row.targetType);
  return {
    TargetGroups: [
      shape(
        call,
        targetGroups(call).change(row.arn, (group) => {
          group.healthCheck = check;
        }),
      ),
    ],
  };
}

/** API_DeleteTargetGroup: not while an action refers to it; of one that is not there it says nothing. */
export function deleteTargetGroup(call: Call, input: DeleteTargetGroupInput): object {
  const row = targetGroups(call).get(required(input.TargetGroupArn, "TargetGroupArn"));
  if (!row) return {};
  if (loadBalancersOf(call, row.arn).length > 0) {
    throw new AwsError("ResourceInUse", `Target group '${row.arn}' is currently in use by a listener or a rule`);
  }
  targetGroups(call).remove(row.arn);
  return {};
}

/** API_DescribeTargetGroupAttributes. */
export function describeTargetGroupAttributes(
  call: Call,
  input: DescribeTargetGroupAttributesInput,
): DescribeTargetGroupAttributesOutput {
  existing(call, input.TargetGroupArn);
  const row = targetGroups(call).shown(input.TargetGroupArn ?? "");
  if (!row) throw noTargetGroups();
  return { Attributes: listed(row.attributes) };
}

/** API_ModifyTargetGroupAttributes. */
export function modifyTargetGroupAttributes(
  call: Call,
  input: ModifyTargetGroupAttributesInput,
): ModifyTargetGroupAttributesOutput {
  const row = existing(call, input.TargetGroupArn);
  const attributes = modified(TARGET_GROUP, "Target group", row.attributes, input.Attributes ?? []);
  targetGroups(call).change(row.arn, (group) => {
    group.attributes = attributes;
  });
  return { Attributes: listed(attributes) };
}
