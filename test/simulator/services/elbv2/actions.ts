import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { noTargetGroups, required, validation } from "./refusals.ts";
import { forwardedTo, type LoadBalancerRow, loadBalancersOf, targetGroups } from "./rows.ts";
import { targetGroupsOf } from "./use.ts";

/**
 * Actions of a listener or rule of `balancer`, as a describe will show them, or their refusal: API_Action,
 * API_CreateListener and API_CreateRule.
 */
export function checkedActions(
  call: Call,
  balancer: LoadBalancerRow,
  actions: readonly Action[] | undefined,
): Action[] {
  const given = required(actions, "Actions");
  if (given.length === 0) throw validation("At least one action must be specified");
  const last = given.filter(
    (each) => each.Type === "forward" || each.Type === "redirect" || each.Type === "fixed-response",
  );
  if (last.length !== 1) {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "An action list must contain exactly one action of type forward, redirect or fixed-response",
    );
  }
  const made = given.map(completed);
  checkForwards(call, balancer, forwardedTo(made));
  return made;
}

function completed(action: Action): Action {
  switch (required(action.Type, "Action type")) {
    case "forward":
      return forward(action);
    case "redirect": {
      const redirect = required(action.RedirectConfig, "Redirect configuration");
      if (redirect.StatusCode !== "HTTP_301" && redirect.StatusCode !== "HTTP_302") {
        throw validation("Redirect status code must be 'HTTP_301' or 'HTTP_302'");
      }
      const {
        Protocol = "#{protocol}",
        Port = "#{port}",
        Host = "#{host}",
        Path = "/#{path}",
        Query = "#{query}",
      } = redirect;
      if (Protocol === "#{protocol}" && Port === "#{port}" && Host === "#{host}" && Path === "/#{path}") {
        throw new AwsError(
          "InvalidLoadBalancerAction",
          "The redirect configuration must change at least one of protocol, port, host or path to avoid a redirect loop",
        );
      }
      return { ...action, RedirectConfig: { Protocol, Port, Host, Path, Query, StatusCode: redirect.StatusCode } };
    }
    case "fixed-response": {
      const response = required(action.FixedResponseConfig, "Fixed response configuration");
      if (!/^[245]\d\d$/.test(response.StatusCode ?? "")) {
        throw validation("Fixed response status code must match '^(2|4|5)\\d\\d$'");
      }
      if ((response.MessageBody ?? "").length > 1024) {
        throw validation("Fixed response message body cannot be longer than '1024' characters");
      }
      return { ...action, FixedResponseConfig: { ...response } };
    }
    default:
      throw validation(`Actions of type '${action.Type}' are not part of this world`);
  }
}

/** Shown in both forms, the short one when it is one group: API_Action, TargetGroupArn. */
function forward(action: Action): Action {
  const groups =
    action.ForwardConfig?.TargetGroups ??
    (action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }]);
  const [first] = groups;
  if (first === undefined) throw validation("A target group ARN must be specified");
  if (action.TargetGroupArn !== undefined && (groups.length > 1 || first.TargetGroupArn !== action.TargetGroupArn)) {
    throw new AwsError(
      "InvalidLoadBalancerAction",
      "You cannot specify both a target group ARN and a different forward configuration",
    );
  }
  return {
    ...action,
    ...(groups.length === 1 && { TargetGroupArn: first.TargetGroupArn }),
    ForwardConfig: {
      TargetGroups: groups.map((each) => ({ TargetGroupArn: each.TargetGroupArn, Weight: each.Weight ?? 1 })),
      TargetGroupStickinessConfig: action.ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false },
    },
  };
}

/** ALB User Guide, "Quotas": target groups an action and a load balancer; a target group has one load balancer. */
function checkForwards(call: Call, balancer: LoadBalancerRow, arns: readonly string[]): void {
  if (arns.length > call.world.quota("elbv2.targetGroupsPerAction")) {
    throw new AwsError(
      "TooManyUniqueTargetGroupsPerLoadBalancer",
      "You've reached the limit on the number of unique target groups per action",
    );
  }
  for (const arn of arns) {
    const group = targetGroups(call).get(arn);
    if (!group) throw noTargetGroups();
    if (group.vpcId !== balancer.vpcId) {
      throw new AwsError(
        "InvalidConfigurationRequest",
        `The target group '${arn}' and the load balancer '${balancer.arn}' must be in the same VPC`,
      );
    }
    if (loadBalancersOf(call, arn).some((each) => each.arn !== balancer.arn)) {
      throw new AwsError(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
    }
  }
  const all = new Set([...targetGroupsOf(call, balancer.arn), ...arns]);
  if (all.size > call.world.quota("elbv2.targetGroupsPerLoadBalancer")) {
    throw new AwsError(
      "TooManyUniqueTargetGroupsPerLoadBalancer",
      "You've reached the limit on the number of unique target groups per load balancer",
    );
  }
}
